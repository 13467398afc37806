"""How a classifier's settings were chosen: the candidates, all trained and scored alike, and the one that was taken.

``generator.series.candidates`` has the protocol.
"""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results, TaskInfo
from generator.report.classifiers import n_train
from generator.report.findings.compare import Order, Scored, measured, rank

SERIES = "candidate"
#: Candidates that come from earlier trials on MNIST in which the accuracy on the test images was seen. Whoever changes
#: the list of candidates in such an experiment looks here, too.
SEEN = ("cnn-candidate_2",)


class Choice(StrEnum):
    """How the setting that was taken does among the candidates."""

    HIGHEST = "highest"  # none has a higher accuracy
    TIED = "tied"  # one has, but the difference is not significant
    LOWER = "lower"  # one is significantly better


class Trials(StrEnum):
    """Whether earlier trials, in which the accuracy on the test images was seen, gave one of the candidates."""

    NONE = "none"
    CHOSEN = "chosen"  # the one that was taken
    OTHER = "other"  # one that was not


@dataclass(frozen=True)
class Candidate:
    scored: Scored
    chosen: Order | None  # the chosen one against this one; None: this is the chosen one


@dataclass(frozen=True)
class Tuning:
    candidates: tuple[Candidate, ...]  # best first
    chosen: str  # the one with the settings that were taken
    choice: Choice
    trials: Trials
    tried: str | None  # the candidate that earlier trials gave
    n_train: int  # images that each learned from
    n_validation: int  # images that each was scored on, none of which the compared variants are tested on


def tuning(results: Results, taken: TaskInfo) -> Tuning | None:
    """The candidates of a classifier whose task ``taken``, which has a result, has the settings that were taken."""
    catalogue = results.catalogue
    params = catalogue.setting(taken).params
    candidates = [task for task in catalogue.tasks_of(taken.experiment) if catalogue.variant(task).series == SERIES]
    known = [one for task in candidates if (one := measured(results, task.id, "accuracy")) is not None]
    ranking = rank(known)
    scored = {one.task for one in known}
    chosen = next((one.id for one in candidates if one.id in scored and catalogue.setting(one).params == params), None)
    if ranking is None or chosen is None:
        return None
    pairs = {one.task: pair for one in ranking.scores if (pair := ranking.between(chosen, one.task)) is not None}
    lower = any(pair.order is Order.SECOND for pair in pairs.values())
    highest = all(pair.difference >= 0 for pair in pairs.values())
    n_validation = results.records[chosen].arrays["index"].shape[0]
    tried = next((one.task for one in ranking.scores if one.task in SEEN), None)
    return Tuning(
        candidates=tuple(
            Candidate(one, pairs[one.task].order if one.task in pairs else None) for one in ranking.scores
        ),
        chosen=chosen,
        choice=Choice.LOWER if lower else Choice.HIGHEST if highest else Choice.TIED,
        trials=Trials.NONE if tried is None else Trials.CHOSEN if tried == chosen else Trials.OTHER,
        tried=tried,
        n_train=n_train(results, results.records[taken.id]) - n_validation,
        n_validation=n_validation,
    )
