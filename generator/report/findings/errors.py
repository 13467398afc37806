"""Which test images the classifiers misclassify alone and together, one run of each."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from generator.record import Results
from generator.report.classifiers import Answers, answers
from generator.report.findings.compare import Scored, once
from generator.report.mislabelled import DISPUTED, MAJORITY, PEOPLE, Disputed
from generator.report.rows import rows
from generator.report.statistics import LEVEL, at_least
from generator.vocabulary import SectionName

SECTION: SectionName = "classifiers"
METRIC = "accuracy"
#: Of images that all misclassify, fewer expected ones than this are printed as none.
LEAST_PRINTED = 0.05


class Expected(StrEnum):
    """How many images all would misclassify if the errors of each had nothing to do with those of the others."""

    NONE = "none"  # practically none
    SOME = "some"


class Together(StrEnum):
    """How many images all do misclassify."""

    MORE = "more"  # significantly more than that
    UNDECIDED = "undecided"
    NOTHING = "nothing"  # none, as would be expected: this count says nothing of whether errors coincide


@dataclass(frozen=True)
class Suspect:
    """A test image that every classifier misclassifies: hard, or wrongly labelled."""

    index: int  # in the data
    label: str
    predicted: str  # the most frequent prediction
    votes: int  # classifiers that predict it


@dataclass(frozen=True)
class Review:
    """A test image whose label people dispute."""

    index: int  # in the data
    label: str
    agreed: int  # people who chose the label
    other: str  # what they could choose instead
    preferred: int  # people who chose that
    against: int  # classifiers whose prediction is not the label


@dataclass(frozen=True)
class Mistakes:
    """One classifier's errors, in the run shown."""

    task: str
    wrong: int
    scored: Scored  # of that run
    without_suspects: float  # its accuracy without the images that all misclassify
    without_disputed: float  # without those whose labels are disputed


@dataclass(frozen=True)
class Overlap:
    """Of one classifier's errors, those that another makes as well."""

    task: str
    other: str
    share: float
    wrong: int  # errors of the one
    common: int  # of them, those that the other makes as well
    tied: bool  # whether other two share as great a part


@dataclass(frozen=True)
class Errors:
    n: int  # test images
    k: int  # classifiers
    n_methods: int
    n_doubled: int  # methods with several settings among them
    by_count: tuple[int, ...]  # at place i, the images that exactly i of them misclassify
    none_wrong: int
    any_wrong: int
    all_wrong: int
    expected: float  # images that all would misclassify, were the errors independent
    expectation: Expected
    together: Together
    suspects: tuple[Suspect, ...]  # those first on which most predictions agree
    n_agreed: int  # of them, those for which all predict the same class
    example: Suspect | None  # the first of these
    mistakes: tuple[Mistakes, ...]  # fewest first
    people: int  # who were shown each of the disputed images
    n_listed: int  # disputed images of this source, wherever they are
    disputed: tuple[Review, ...]  # those among these test images
    ambiguous: tuple[Review, ...]  # of them, those for which no class was chosen by most of the people
    closest: Overlap | None  # no other two share a greater part, or as great a part of more errors


def errors(results: Results) -> Errors | None:
    """What two or more classifiers, baselines aside, predicted for the same test images."""
    said = answers(results, rows(results, SECTION))
    if said is None:
        return None
    n, k = len(said.index), len(said.tasks)
    failures: list[int] = said.failures.tolist()
    suspects = _suspects(results, said)
    agreed = [one for one in suspects if one.votes == k]
    disputed = _disputed(results, said)
    share = math.prod(int(wrong) / n for wrong in said.both.diagonal())
    by_method = [results.records[task].task.experiment for task in said.tasks]
    return Errors(
        n=n,
        k=k,
        n_methods=len(set(by_method)),
        n_doubled=sum(by_method.count(slug) > 1 for slug in set(by_method)),
        by_count=tuple(failures.count(i) for i in range(k + 1)),
        none_wrong=failures.count(0),
        any_wrong=n - failures.count(0),
        all_wrong=len(suspects),
        expected=n * share,
        expectation=Expected.NONE if n * share < LEAST_PRINTED else Expected.SOME,
        together=_together(len(suspects), n, share),
        suspects=suspects,
        n_agreed=len(agreed),
        example=agreed[0] if agreed else None,
        mistakes=_mistakes(results, said),
        people=PEOPLE,
        n_listed=len(_listed(results)),
        disputed=disputed,
        ambiguous=tuple(one for one in disputed if max(one.agreed, one.preferred) < MAJORITY),
        closest=_closest(said),
    )


def _together(found: int, n: int, share: float) -> Together:
    """``share``: of ``n`` images, the part that all would misclassify, were the errors independent."""
    if found == 0 and n * share < LEAST_PRINTED:
        return Together.NOTHING
    return Together.MORE if at_least(found, n, share) < LEVEL else Together.UNDECIDED


def _suspects(results: Results, said: Answers) -> tuple[Suspect, ...]:
    names = results.catalogue.data.class_names
    found = []
    for place in np.flatnonzero(said.failures == len(said.tasks)).tolist():
        (predicted, votes), *_ = said.votes(place)
        found.append(Suspect(int(said.index[place]), names[said.true[place]], names[predicted], votes))
    return tuple(sorted(found, key=lambda one: -one.votes))


def _listed(results: Results) -> tuple[Disputed, ...]:
    return DISPUTED.get(results.catalogue.data.name, ())


def _places(results: Results, said: Answers) -> dict[int, Disputed]:
    """The disputed images among the test images, by their places there."""
    at = {index: place for place, index in enumerate(said.index.tolist())}
    # A source's test images come after the others.
    listed = {results.catalogue.data.n_train + one.test: one for one in _listed(results)}
    return {at[index]: one for index, one in listed.items() if index in at}


def _disputed(results: Results, said: Answers) -> tuple[Review, ...]:
    return tuple(
        Review(
            index=int(said.index[place]),
            label=one.label,
            agreed=one.agreed,
            other=one.other,
            preferred=one.preferred,
            against=int(said.failures[place]),
        )
        for place, one in _places(results, said).items()
    )


def _mistakes(results: Results, said: Answers) -> tuple[Mistakes, ...]:
    n = len(said.index)
    everywhere = said.failures == len(said.tasks)
    disputed = np.isin(np.arange(n), list(_places(results, said)))

    def accuracy(wrong: np.ndarray, left_out: np.ndarray) -> float:
        kept = ~left_out
        return float((~wrong[kept]).mean()) if kept.any() else 1.0

    found = [
        Mistakes(
            task=task,
            wrong=int(wrong.sum()),
            scored=once(results.records[task], METRIC),
            without_suspects=accuracy(wrong, everywhere),
            without_disputed=accuracy(wrong, disputed),
        )
        for task, wrong in zip(said.tasks, said.wrong, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: one.wrong))


def _closest(said: Answers) -> Overlap | None:
    both: list[list[int]] = said.both.tolist()
    pairs = [
        Overlap(task, other, both[i][j] / both[i][i], wrong=both[i][i], common=both[i][j], tied=False)
        for i, task in enumerate(said.tasks)
        for j, other in enumerate(said.tasks)
        if i != j and both[i][i]
    ]
    if not pairs:
        return None
    closest = max(pairs, key=lambda one: (one.share, one.wrong))
    return replace(closest, tied=sum(one.share == closest.share for one in pairs) > 1)
