"""How the runs of a series differ from the embedding of all images on the method's page."""

from collections.abc import Iterable
from enum import StrEnum

from generator.record import Results
from generator.report.findings.given import done

MAIN = "2d"
#: Parameters that say how long an embedding is computed.
LENGTHS = ("steps", "epochs")


class Shown(StrEnum):
    """Which images the embeddings of a series are of."""

    ALL = "all"
    SAMPLE = "sample"


def shown(results: Results, task: str) -> Shown:
    """Which images an embedding is of; of one without a result, all."""
    record = done(results, task)
    if record is None or record.arrays["coordinates"].shape[0] == results.catalogue.data.n_train:
        return Shown.ALL
    return Shown.SAMPLE


def shorter(results: Results, slugs: Iterable[str]) -> tuple[str, ...]:
    """The embeddings of those methods whose series are computed in fewer steps or epochs."""
    known = [one for one in slugs if one in results.catalogue.slugs]
    return tuple(f"{slug}-{MAIN}" for slug in known if _shorter(results, slug))


def _shorter(results: Results, slug: str) -> bool:
    tasks = results.catalogue.tasks_of(slug)
    main = next((one for one in tasks if one.variant == MAIN), None)
    member = next((one for one in tasks if results.catalogue.variant(one).series == "seed"), None)
    if main is None or member is None:
        return False
    return any(float(member.params[name]) < float(main.params[name]) for name in LENGTHS if name in main.params)
