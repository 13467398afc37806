"""What the engine asks of a worker process, and what it gets back.

Requests of one ``affinity`` may be answered by one process, which then warms up once; "" asks for a process of its own.
"""

import msgspec

from generator.config import DataConfig
from generator.engine.keys import RunParts, ScoreCode
from generator.record import DataInfo
from generator.vocabulary import Experiment


class DeclareRequest(msgspec.Struct, frozen=True, tag="declare"):
    slugs: tuple[str, ...]
    affinity: str = ""


class DataRequest(msgspec.Struct, frozen=True, tag="data"):
    config: DataConfig
    affinity: str = ""


class TaskRequest(msgspec.Struct, frozen=True, tag="task"):
    run: RunParts
    score: ScoreCode
    data: DataInfo
    input_keys: dict[str, str]  # input name -> key of its result in the store
    commit: str
    affinity: str = ""


Request = DeclareRequest | DataRequest | TaskRequest


class Declared(msgspec.Struct, frozen=True, tag="declared"):
    declarations: tuple[Experiment, ...]
    broken: dict[str, str]  # slug -> traceback of its import


class Prepared(msgspec.Struct, frozen=True, tag="prepared"):
    info: DataInfo
    source_files: tuple[str, ...]


class Computed(msgspec.Struct, frozen=True, tag="computed"):
    outcome: str  # digest of what ``run`` returned
    ran: bool  # whether it had to run, or was only scored


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """A bug, somewhere in what the request led to."""

    message: str
    traceback: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A ``UserError``, to be raised again by who asked."""

    problem: str
    where: str
    remedy: str


Answer = Declared | Prepared | Computed | Raised | Refused
