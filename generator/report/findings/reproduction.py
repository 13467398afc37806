"""What becomes of the articles' claims: those in numbers (``generator.report.published``) and those in words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from msgspec import structs

from generator.metrics import intervals
from generator.record import Results
from generator.report import published
from generator.report.classifiers import repeats
from generator.report.findings.against import Pair
from generator.report.findings.autoencoder import ClassShare, Four, Recognised, Sweep, autoencoder
from generator.report.findings.compare import (
    Comparison,
    Order,
    Ranking,
    Scored,
    Verdict,
    above,
    agrees,
    below,
    bounds,
    claimed,
    elsewhere,
    measured,
    share,
)
from generator.report.findings.given import done
from generator.report.findings.noise import (
    Fitting,
    Gathering,
    Hook,
    Noise,
    Place,
    Predicted,
    Runs,
    Standing,
    Third,
    Training,
    noise,
)
from generator.report.findings.softmax import Endless, Overfitting, softmax
from generator.report.findings.stability import Alike, alike
from generator.report.findings.swiss_roll import swiss_roll
from generator.report.findings.timing import Time, cost
from generator.report.findings.tsne_umap import SEARCH, Claims, tsne, umap
from generator.report.published import Claim
from generator.report.rows import ranking

TSNE, UMAP = "tsne-2d", "umap-2d"
READ = "generated_digits"
#: A1 calls UMAP *far* faster: it is if t-SNE takes at least twice as long.
FAR = 2.0
#: Softmax regression was repeated in this setting; its runs tell how much a single count varies.
REPEATED = "softmax_regression-sound"
#: A5's classifiers, from the least accurate to the most accurate.
IN_ORDER = tuple(f"{slug}-published" for slug in ("logistic_regression", "svc", "mlp", "dense_network", "cnn"))


#: What the findings of other pages say of the articles' claims.
TURNS = {
    Fitting.OVERFITS: Verdict.SUPPORTED,
    Fitting.FLAT: Verdict.UNDECIDED,
    Fitting.FALLING: Verdict.REFUTED,
}
#: Most of it is not all, but other weights may give another share: one network was trained there, and one here.
GATHERED = {
    Gathering.ALL: Verdict.SUPPORTED,
    Gathering.MOST: Verdict.UNDECIDED,
    Gathering.SCATTERED: Verdict.REFUTED,
}
CLUSTER = {Standing.APART: Verdict.SUPPORTED, Standing.PARTLY: Verdict.UNDECIDED, Standing.AMONG: Verdict.REFUTED}
HIDDEN = {Standing.AMONG: Verdict.SUPPORTED, Standing.PARTLY: Verdict.UNDECIDED, Standing.APART: Verdict.REFUTED}
DEEPER = {
    Third.RAISES: Verdict.SUPPORTED,
    Third.UNDECIDED: Verdict.UNDECIDED,
    Third.NEEDLESS: Verdict.UNDECIDED,  # there is nothing left for it to show
    Third.LOWERS: Verdict.REFUTED,
}
OVERFITS = {
    Overfitting.SIGNIFICANT: Verdict.SUPPORTED,
    Overfitting.UNDECIDED: Verdict.UNDECIDED,
    Overfitting.NONE: Verdict.REFUTED,
}


class Images(StrEnum):
    """On which images this report stands."""

    SAME = "same"  # the articles'
    OTHER = "other"  # so that the articles' numbers cannot be judged


class Likeness(StrEnum):
    """Whether a setting that was taken over from an article is the article's."""

    SAME = "same"
    OTHER = "other"


class Shorter(StrEnum):
    """Which of two times is shorter."""

    OURS = "ours"
    THEIRS = "theirs"


class Fewest(StrEnum):
    """Whether any class is generated less often than 4."""

    FOUR = "four"
    OTHER = "other"


@dataclass(frozen=True)
class Number:
    """An article's number, and ours."""

    key: str  # of ``generator.report.published``
    task: str
    ours: float | str | None = None  # None: no result
    low: float | None = None  # from where to where ours may lie
    high: float | None = None
    verdict: Verdict | None = None  # None: nothing to judge by


@dataclass(frozen=True)
class Setting:
    """What was taken over from an article, and is no result."""

    key: str
    task: str
    ours: float | None
    likeness: Likeness | None


@dataclass(frozen=True)
class Spent:
    """An article's time, and ours, in seconds."""

    key: str
    task: str
    ours: Time | None  # None: no result
    search: Time | None  # of ours, the exact search for neighbours
    shorter: Shorter | None

    @property
    def busy(self) -> bool:
        """Whether it was measured on a busy machine, so that the CPU time was compared."""
        return self.ours is not None and self.ours.busy


@dataclass(frozen=True)
class Tally:
    """How many of an article's claims could be tested, and what came of them."""

    comparable: int
    supported: int
    undecided: int
    refuted: int


@dataclass(frozen=True)
class Pace:
    """UMAP is far faster than t-SNE. A ratio is how many times as long t-SNE takes."""

    verdict: Verdict
    theirs: float
    tsne_theirs: float  # seconds
    umap_theirs: float  # the longest that the article gives
    ours: float
    layout: float | None  # the ratio without the search for neighbours
    busy: bool


@dataclass(frozen=True)
class Beside:
    """A score of an embedding against another's."""

    verdict: Verdict
    pair: Pair
    elsewhere: float  # share of the images whose nearest neighbours mostly have another label


@dataclass(frozen=True)
class Together:
    """Similar shapes lie together, in t-SNE as in UMAP."""

    verdict: Verdict
    tsne: Pair
    umap: Pair


@dataclass(frozen=True)
class Unrolled:
    """PCA cannot unroll the Swiss roll, a non-linear method can."""

    verdict: Verdict
    linear: Scored  # PCA
    best: Scored
    better: tuple[str, ...]  # significantly better than PCA


@dataclass(frozen=True)
class Hardly:
    """4 is hardly generated with two dimensions."""

    verdict: Verdict
    four: ClassShare  # of its reconstructions, the share that is classified as 4
    by_chance: float  # that share if every class were predicted as often
    least: ClassShare  # the class of which that share is smallest
    fewest: Fewest


@dataclass(frozen=True)
class Overlap:
    """Some classes overlap: reconstructions that are misclassified are predicted as one another."""

    verdict: Verdict
    all: float  # share of their reconstructions that is predicted as another of them
    wrong: Scored  # the same of those that are misclassified
    by_chance: float  # the same if every wrong class were as likely


@dataclass(frozen=True)
class More:
    """More digits are reproduced with three dimensions than with two."""

    verdict: Verdict
    two: Scored
    three: Scored


@dataclass(frozen=True)
class Few:
    """Too few dimensions lose too much."""

    verdict: Verdict
    sweep: Sweep


@dataclass(frozen=True)
class Turns:
    """Validation loss falls and then rises, while training loss falls on."""

    verdict: Verdict
    training: Training


@dataclass(frozen=True)
class Gathered:
    """All noise is predicted as one class."""

    verdict: Verdict
    article: Predicted  # noise drawn as in the article
    distinct: Predicted | None


@dataclass(frozen=True)
class Lies:
    """Noise forms a cluster of its own, or does not stand out."""

    verdict: Verdict
    place: Place


@dataclass(frozen=True)
class Deeper:
    """A third principal component shows more of the noise."""

    verdict: Verdict
    plane: Place
    space: Place
    third: Third


@dataclass(frozen=True)
class Varies:
    """t-SNE differs from run to run: it does as soon as some runs look different."""

    verdict: Verdict
    alike: Alike
    runs: Runs
    disparity: Scored  # its ends are the least and the greatest of two runs


@dataclass(frozen=True)
class Overfits:
    """Without early stopping, training accuracy rises on while validation accuracy falls."""

    verdict: Verdict
    endless: Endless


@dataclass(frozen=True)
class Rises:
    """Accuracy rises from one classifier to the next."""

    verdict: Verdict
    scores: tuple[Scored, ...]  # in the article's order
    steps: tuple[Comparison, ...]  # the later one first
    undecided: tuple[Comparison, ...]
    falls: tuple[Comparison, ...]


@dataclass(frozen=True)
class Gamma:
    """The support vector machine with other settings of its kernel: no claim of the article's, but a remark of ours."""

    order: Order  # the tuned setting first
    published: Scored
    tuned: Scored


@dataclass(frozen=True)
class A1:
    """t-SNE and UMAP."""

    tally: Tally | None
    numbers: tuple[Number, ...]
    faster: Pace | None = None
    separated: Beside | None = None
    apart: Beside | None = None
    together: Together | None = None


@dataclass(frozen=True)
class A2:
    """Dimensionality reduction and the autoencoder."""

    tally: Tally | None
    numbers: tuple[Number, ...]
    unrolled: Unrolled | None = None
    four: Hardly | None = None
    four_seven_nine: Overlap | None = None
    three_five_eight: Overlap | None = None
    third: More | None = None
    still: Overlap | None = None  # 4, 7 and 9 with three dimensions
    few: Few | None = None


@dataclass(frozen=True)
class A3:
    """Feature vectors of digits and noise."""

    tally: Tally | None
    numbers: tuple[Number, ...]
    turns: Turns | None = None
    gathered: Gathered | None = None
    cluster: Lies | None = None  # in the t-SNE embedding
    plane: Lies | None = None  # in that of PCA it does not stand out
    space: Deeper | None = None
    untrained: Lies | None = None  # the noise, of a network with random weights; its digits are not judged
    varies: Varies | None = None
    hook: Hook | None = None
    difference: float | None = None


@dataclass(frozen=True)
class A4:
    """Softmax regression from scratch."""

    tally: Tally | None
    numbers: tuple[Number, ...]
    overfits: Overfits | None = None


@dataclass(frozen=True)
class A5:
    """Five classifiers."""

    tally: Tally | None
    numbers: tuple[Number, ...]
    rises: Rises | None = None
    gamma: Gamma | None = None


@dataclass(frozen=True)
class Reproduction:
    """On other images than the articles' nothing is counted: the verdicts on claims in words say what holds for the
    images here, and the pages show none.
    """

    images: Images
    tally: Tally | None  # of all articles; None on other images
    a1: A1
    a2: A2
    a3: A3
    a4: A4
    a5: A5
    settings: tuple[Setting, ...]
    times: tuple[Spent, ...]


def reproduction(results: Results) -> Reproduction:
    """Every claim of the articles."""
    claims = published.load()
    images = Images.SAME if results.catalogue.data.name == published.ARTICLES_DATA else Images.OTHER

    def numbers(article: str) -> tuple[Number, ...]:
        asked = (one for one in claims if one.article == article and not one.setting and not one.is_cost)
        return tuple(_number(results, one, images) for one in asked)

    a1 = _a1(results, {one.key: one for one in claims}, numbers("A1"))
    a2 = _a2(results, numbers("A2"))
    a3 = _a3(results, numbers("A3"))
    a4 = _a4(results, numbers("A4"))
    a5 = _a5(results, numbers("A5"))

    def tally(*articles: A1 | A2 | A3 | A4 | A5) -> Tally | None:
        return _tally(*articles) if images is Images.SAME else None

    return Reproduction(
        images=images,
        tally=tally(a1, a2, a3, a4, a5),
        a1=replace(a1, tally=tally(a1)),
        a2=replace(a2, tally=tally(a2)),
        a3=replace(a3, tally=tally(a3)),
        a4=replace(a4, tally=tally(a4)),
        a5=replace(a5, tally=tally(a5)),
        settings=tuple(_setting(results, one) for one in claims if one.setting),
        times=tuple(_spent(results, one) for one in claims if one.is_cost),
    )


def _tally(*articles: A1 | A2 | A3 | A4 | A5) -> Tally:
    """Of all claims that have a verdict, whether in words or in numbers."""
    parts = [getattr(article, field.name) for article in articles for field in fields(article)]
    claims = [one for part in parts for one in (part if isinstance(part, tuple) else (part,))]
    found = [verdict for one in claims if isinstance(verdict := getattr(one, "verdict", None), Verdict)]
    return Tally(
        comparable=len(found),
        supported=found.count(Verdict.SUPPORTED),
        undecided=found.count(Verdict.UNDECIDED),
        refuted=found.count(Verdict.REFUTED),
    )


def _number(results: Results, claim: Claim, images: Images) -> Number:
    found = _ours(results, claim)
    if found is None:
        return Number(claim.key, claim.task)
    if isinstance(found, str):
        # Which class it is, one training decides; another class does not refute the article's.
        verdict = Verdict.SUPPORTED if found == claim.value else Verdict.UNDECIDED
        return Number(claim.key, claim.task, found, verdict=verdict if images is Images.SAME else None)
    if claim.is_cell:
        found = _other_runs(results, claim, found)
    judged: Verdict | None = below(found, float(claim.value)) if claim.below else agrees(found, *claim.bounds)
    if images is Images.OTHER or (claim.is_cell and found.low is None):
        judged = None
    return Number(claim.key, claim.task, found.value, found.low, found.high, judged)


def _ours(results: Results, claim: Claim) -> Scored | str | None:
    """Our value of what a claim is about, with its interval where it has one."""
    task, name = claim.task, claim.quantity
    record, score = done(results, task), measured(results, task, name)
    if record is None or score is not None:
        return None if score is None else score.scored
    array, *places = name.replace("]", "").split("[")
    if places:
        value = np.asarray(results.array(task, array))[tuple(int(one) for one in places)]
        return Scored(task, name, float(value))
    if name == "n":
        return Scored(task, name, float(record.arrays["predictions"].shape[0]))
    fact = record.facts[name]
    if isinstance(fact, str):
        return fact
    if name in record.arrays:  # the curves of the folds, (folds, epochs): the fact is the mean of their ends
        low, high = intervals.few(np.asarray(results.array(task, name))[:, -1].astype(float))
        return Scored(task, name, float(fact), low, high)
    return Scored(task, name, float(fact))


def _other_runs(results: Results, claim: Claim, found: Scored) -> Scored:
    """A count with the range in which five runs of ours put it, on as many images: they have another split."""
    record = done(results, REPEATED)
    runs = [] if record is None else repeats(results, record.task)
    if len(runs) < 2:
        return found
    counts = [_ours(results, structs.replace(claim, task=one.task.id)) for one in runs]
    n, n_of_runs = (results.records[one].arrays["predictions"].shape[0] for one in (claim.task, REPEATED))
    low, high = elsewhere([int(one.value) for one in counts if isinstance(one, Scored)], n / n_of_runs)
    return replace(found, low=low, high=high)


def _setting(results: Results, claim: Claim) -> Setting:
    found = _ours(results, claim)
    if not isinstance(found, Scored):
        return Setting(claim.key, claim.task, None, None)
    return Setting(claim.key, claim.task, found.value, Likeness.SAME if found.value == claim.value else Likeness.OTHER)


def _spent(results: Results, claim: Claim) -> Spent:
    found, search = _time(results, claim.task, claim), None
    if found is None:
        return Spent(claim.key, claim.task, None, None, None)
    if claim.task in (TSNE, UMAP):
        search = _time(results, SEARCH, claim)
    shorter = Shorter.OURS if found.rank_s < float(claim.value) else Shorter.THEIRS
    return Spent(claim.key, claim.task, found, search, shorter)


def _time(results: Results, task: str, claim: Claim) -> Time | None:
    """A task's time of the kind that a claim is about."""
    found = cost(results, task)
    if found is None:
        return None
    return found.whole if claim.quantity == "wall_s" else Time(found.cpu_s, found.cpu_s, busy=False)


def _a1(results: Results, claims: Mapping[str, Claim], numbers: tuple[Number, ...]) -> A1:
    one, other = tsne(results), umap(results)
    return A1(
        tally=None,
        faster=_pace(results, claims),
        separated=None if one is None or one.separated is None else _beside(one, one.separated),
        apart=None if other is None or other.denser is None else _beside(other, other.denser),
        together=_together(one, other),
        numbers=numbers,
    )


def _pace(results: Results, claims: Mapping[str, Claim]) -> Pace | None:
    slow, fast, search = (cost(results, task) for task in (TSNE, UMAP, SEARCH))
    if slow is None or fast is None:
        return None
    tsne_theirs = float(claims["tsne_wall"].value)
    umap_theirs = max(float(claims[key].value) for key in ("umap_wall_pc", "umap_wall_cloud"))
    ours, layout = slow.whole.rank_s / fast.whole.rank_s, None
    if search is not None and search.whole.rank_s < min(slow.whole.rank_s, fast.whole.rank_s):
        layout = (slow.whole.rank_s - search.whole.rank_s) / (fast.whole.rank_s - search.whole.rank_s)
    verdict = Verdict.UNDECIDED  # faster, but not far
    if ours > FAR:
        verdict = Verdict.SUPPORTED
    elif ours <= 1:
        verdict = Verdict.REFUTED
    return Pace(
        verdict=verdict,
        theirs=tsne_theirs / umap_theirs,
        tsne_theirs=tsne_theirs,
        umap_theirs=umap_theirs,
        ours=ours,
        layout=layout,
        busy=slow.busy or fast.busy,
    )


def _beside(found: Claims, pair: Pair) -> Beside:
    return Beside(claimed(pair.order), pair, found.elsewhere)


def _together(one: Claims | None, other: Claims | None) -> Together | None:
    if one is None or other is None or one.together is None or other.together is None:
        return None
    return Together(_all_of(one.together.order, other.together.order), one.together, other.together)


def _all_of(*orders: Order) -> Verdict:
    """Of the claim that in every comparison the first is better."""
    if Order.SECOND in orders:
        return Verdict.REFUTED
    return Verdict.UNDECIDED if Order.UNDECIDED in orders else Verdict.SUPPORTED


def _a2(results: Results, numbers: tuple[Number, ...]) -> A2:
    found = autoencoder(results)
    plane, space = (None, None) if found is None else (found.in_plane, found.in_space)
    more = few = None
    if found is not None and plane is not None and space is not None and found.third is not None:
        more = More(claimed(found.third), plane.accuracy, space.accuracy)
    if found is not None and found.sweep is not None:
        few = _few(found.sweep)
    return A2(
        tally=None,
        unrolled=_unrolled(results),
        four=None if plane is None else _hardly(plane, len(results.catalogue.data.class_names)),
        four_seven_nine=_overlap(results, f"{READ}-2d", 4, 7, 9),
        three_five_eight=_overlap(results, f"{READ}-2d", 3, 5, 8),
        third=more,
        still=_overlap(results, f"{READ}-3d", 4, 7, 9),
        few=few,
        numbers=numbers,
    )


def _unrolled(results: Results) -> Unrolled | None:
    roll = swiss_roll(results)
    if roll is None or roll.linear is None:
        return None
    verdict = Verdict.SUPPORTED if roll.better else Verdict.UNDECIDED if roll.undecided else Verdict.REFUTED
    return Unrolled(verdict, roll.linear, roll.ranking.first, roll.better)


def _hardly(read: Recognised, n_classes: int) -> Hardly:
    verdicts = {Four.HARDLY: Verdict.SUPPORTED, Four.LEAST: Verdict.UNDECIDED, Four.OTHER: Verdict.REFUTED}
    fewest = Fewest.FOUR if read.four == read.least else Fewest.OTHER
    return Hardly(verdicts[read.verdict], read.four, 1 / n_classes, read.least, fewest)


def _overlap(results: Results, task: str, *classes: int) -> Overlap | None:
    """Whether the reconstructions of some classes, if misclassified, are predicted as one another more often than as
    any class.
    """
    if done(results, task) is None:
        return None
    counts = np.asarray(results.array(task, "confusion"))[list(classes)]  # (some classes, classes), rows = original
    right = int(sum(counts[place, one] for place, one in enumerate(classes)))
    crossed, n = int(counts[:, list(classes)].sum()) - right, int(counts.sum())
    if n == right:
        return None
    wrong, by_chance = share(task, crossed, n - right), (len(classes) - 1) / (counts.shape[1] - 1)
    return Overlap(above(wrong, by_chance), crossed / n, wrong, by_chance)


def _few(sweep: Sweep) -> Few:
    fewest, most = (
        Scored(one.task, "reconstruction_error", one.error, one.low, one.high) for one in (sweep.fewest, sweep.most)
    )
    return Few(above(fewest, bounds(most)[1]), sweep)


def _a3(results: Results, numbers: tuple[Number, ...]) -> A3:
    found = noise(results)
    if found is None:
        return A3(None, numbers)
    return A3(
        tally=None,
        turns=Turns(TURNS[found.training.fitting], found.training),
        gathered=None if found.article is None else _gathered(found.article, found.distinct),
        cluster=None if found.tsne is None else Lies(CLUSTER[found.tsne.standing], found.tsne),
        plane=None if found.plane is None else Lies(HIDDEN[found.plane.standing], found.plane),
        space=_deeper(found),
        untrained=None if found.untrained is None else Lies(CLUSTER[found.untrained.standing], found.untrained),
        varies=None if found.runs is None else _varies(found.runs),
        hook=found.hook,
        difference=found.difference,
        numbers=numbers,
    )


def _gathered(article: Predicted, distinct: Predicted | None) -> Gathered:
    return Gathered(GATHERED[article.gathering], article, distinct)


def _deeper(found: Noise) -> Deeper | None:
    if found.plane is None or found.space is None or found.third is None:
        return None
    return Deeper(DEEPER[found.third], found.plane, found.space, found.third)


def _varies(runs: Runs) -> Varies | None:
    if runs.disparity is None:
        return None
    found = alike(runs.disparity)
    return Varies(Verdict.REFUTED if found is Alike.ALL else Verdict.SUPPORTED, found, runs, runs.disparity)


def _a4(results: Results, numbers: tuple[Number, ...]) -> A4:
    found = softmax(results)
    endless = None if found is None else found.endless
    return A4(
        tally=None,
        overfits=None if endless is None else Overfits(OVERFITS[endless.overfitting], endless),
        numbers=numbers,
    )


def _a5(results: Results, numbers: tuple[Number, ...]) -> A5:
    found = ranking(results, "classifiers", "accuracy")
    return A5(
        tally=None,
        rises=None if found is None else _rises(found),
        gamma=None if found is None else _gamma(found),
        numbers=numbers,
    )


def _gamma(found: Ranking) -> Gamma | None:
    scores = {one.task: one for one in found.scores}
    pair = found.between("svc-tuned", "svc-published")
    return None if pair is None else Gamma(pair.order, scores[pair.second], scores[pair.first])


def _rises(found: Ranking) -> Rises | None:
    """Each classifier against the one before it, as they are compared in the ranking of all."""
    scores = {one.task: one for one in found.scores}
    pairs = [found.between(later, earlier) for earlier, later in pairwise(IN_ORDER)]
    steps = tuple(one for one in pairs if one is not None)
    if len(steps) < len(pairs):
        return None
    return Rises(
        verdict=_all_of(*(one.order for one in steps)),
        scores=tuple(scores[one] for one in IN_ORDER),
        steps=steps,
        undecided=tuple(one for one in steps if one.order is Order.UNDECIDED),
        falls=tuple(one for one in steps if one.order is Order.SECOND),
    )
