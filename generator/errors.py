"""The one exception that is the user's to mend."""


class UserError(Exception):
    """Bad input, said in one line: what is wrong, where, and what to do about it.

    Raised anywhere; caught once, in ``cli``, which prints it and exits with 2. Everything else that is
    raised is a bug and keeps its traceback.
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"
