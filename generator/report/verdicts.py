"""A tag by which a template says one sentence for each value that a verdict can have:

    {% verdict found.roll.against_pca %}
    {% when first %}…
    {% when second, undecided %}…
    {% endverdict %}

Whatever the value is today, a template that lacks a sentence for one of the others cannot be rendered.
"""

from collections.abc import Iterable
from enum import StrEnum

from jinja2 import TemplateRuntimeError, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser


class Verdicts(Extension):
    """``{% verdict value %}{% when name, … %}…{% endverdict %}``; ``value`` is a member of a ``StrEnum``."""

    tags = {"verdict"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        line = next(parser.stream).lineno
        value = parser.parse_expression()
        for node in parser.parse_statements(("name:when", "name:endverdict")):
            if not (
                isinstance(node, nodes.Output)
                and all(isinstance(one, nodes.TemplateData) and one.data.isspace() for one in node.nodes)
            ):
                raise TemplateSyntaxError("nothing may stand between verdict and its first when", line, parser.name)
        cases: list[tuple[tuple[str, ...], list[nodes.Node]]] = []
        while next(parser.stream).value == "when":
            names = [parser.stream.expect("name").value]
            while parser.stream.skip_if("comma"):
                names.append(parser.stream.expect("name").value)
            cases.append((tuple(names), parser.parse_statements(("name:when", "name:endverdict"))))
        said = [name for names, _ in cases for name in names]
        check = nodes.Output([self.call_method("_check", [value, nodes.Const(tuple(said))])]).set_lineno(line)
        return [check, *self._choices(value, cases, line)]

    def _choices(
        self, value: nodes.Expr, cases: list[tuple[tuple[str, ...], list[nodes.Node]]], line: int
    ) -> list[nodes.Node]:
        """One ``if`` for each case: exactly one of them holds."""
        return [
            nodes.If(self.call_method("_is", [value, nodes.Const(names)]), body, [], []).set_lineno(line)
            for names, body in cases
        ]

    def _check(self, value: object, said: Iterable[str]) -> str:
        if not isinstance(value, StrEnum):
            raise TemplateRuntimeError(f"{value!r} is no verdict")
        known, given = {one.value for one in type(value)}, list(said)
        if missing := sorted(known - set(given)):
            raise TemplateRuntimeError(f"no sentence for {type(value).__name__} {', '.join(missing)}")
        if unknown := sorted(set(given) - known) or sorted({one for one in given if given.count(one) > 1}):
            raise TemplateRuntimeError(f"{type(value).__name__} is never {', '.join(unknown)}, or is so twice")
        return ""

    def _is(self, value: object, names: Iterable[str]) -> bool:
        return value in tuple(names)
