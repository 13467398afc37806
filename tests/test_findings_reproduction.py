"""What becomes of the articles' claims, from invented results, and that both languages say the same of it."""

import re
from collections import Counter
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from generator.layout import Layout
from generator.metrics.intervals import Z
from generator.record import Record, Results
from generator.report import published
from generator.report.context import Book, Here
from generator.report.findings.compare import Order, Scored, Verdict, above, agrees, below, elsewhere
from generator.report.findings.found import find
from generator.report.findings.noise import noise
from generator.report.findings.reproduction import Fewest, Images, Likeness, Number, Shorter, reproduction
from generator.report.findings.stability import Alike
from generator.report.i18n import LANGUAGES, load
from generator.report.labels import BUSY_MARK
from generator.report.render import environment, page
from tests.sites import make_sources
from tests.test_findings_embeddings import Change, changed, facts, read, scores, took, without

SUPPORTED, UNDECIDED, REFUTED = Verdict.SUPPORTED, Verdict.UNDECIDED, Verdict.REFUTED
SAID = {
    "en": {SUPPORTED: "supported", UNDECIDED: "not decided", REFUTED: "refuted"},
    "ja": {SUPPORTED: "再現された", UNDECIDED: "決められない", REFUTED: "再現されない"},
}


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return make_sources(tmp_path_factory.mktemp("project"))


@pytest.fixture
def results(layout: Layout) -> Results:
    return on_mnist(Results(layout.records))


def on_mnist(results: Results) -> Results:
    """The same, but of the articles' images."""
    data = msgspec.structs.replace(results.catalogue.data, name="mnist")
    results.catalogue = msgspec.structs.replace(results.catalogue, data=data)
    return results


def with_records(results: Results, **changes: Change) -> Results:
    return on_mnist(changed(results, {task.replace("__", "-"): change for task, change in changes.items()}))


class Altered(Results):
    """The same results but for some arrays."""

    def __init__(self, results: Results, arrays: Mapping[tuple[str, str], np.ndarray]) -> None:
        super().__init__(results.folder)
        on_mnist(self)
        self.arrays = arrays

    def array(self, task_id: str, name: str) -> np.ndarray:
        found = self.arrays.get((task_id, name))
        return np.asarray(super().array(task_id, name)) if found is None else found


def number(results: Results, key: str) -> Number:
    found = reproduction(results)
    every = [one for a in (found.a1, found.a2, found.a3, found.a4, found.a5) for one in a.numbers]
    return next(one for one in every if one.key == key)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.974, 0.978, SUPPORTED),  # the article's 0.976 lies in ours
        (0.9763, 0.9783, SUPPORTED),  # so does what it may stand for: up to 0.9765
        (0.977, 0.979, UNDECIDED),  # it does not, but an interval of its own meets ours
        (0.980, 0.982, REFUTED),
        (0.970, 0.972, REFUTED),
        (None, None, UNDECIDED),  # nothing tells how far two such numbers may be apart
    ],
)
def test_an_articles_number_is_a_sample_as_well(low: float | None, high: float | None, verdict: Verdict) -> None:
    value = 0.98 if low is None or high is None else (low + high) / 2
    assert agrees(Scored("", "accuracy", value, low, high), 0.9755, 0.9765) is verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.88, 0.895, SUPPORTED), (0.893, 0.903, UNDECIDED), (0.9, 0.91, REFUTED)],
)
def test_below_a_value_is_not_decided_by_an_interval_that_holds_it(low: float, high: float, verdict: Verdict) -> None:
    scored = Scored("", "accuracy", (low + high) / 2, low, high)
    assert below(scored, 0.9) is verdict
    assert above(Scored("", "accuracy", 0.5, 0.4, 0.6), 0.5) is UNDECIDED


@pytest.mark.parametrize("ratio", [1.0, 0.8])
def test_a_count_elsewhere_is_just_not_significantly_different(ratio: float) -> None:
    least, greatest = 39, 58
    low, high = elsewhere([least, 50, greatest], ratio)
    for edge, count in ((low, least), (high, greatest)):
        assert abs(edge - ratio * count) == pytest.approx(Z * (ratio * (edge + count)) ** 0.5)
    assert elsewhere([0], ratio)[0] == pytest.approx(0, abs=1e-9)


def test_nine_tenths_just_missed_is_not_decided(layout: Layout, results: Results) -> None:
    """Article A4 has "below 90 %"; 89.8 % with an interval up to 90.3 % is no difference."""
    claim = number(with_records(results, **{"cross_validation__n_7000": scores(accuracy=0.898)}), "validation_7000")
    assert claim.verdict is UNDECIDED
    claim = number(with_records(results, **{"cross_validation__n_7000": scores(accuracy=0.86)}), "validation_7000")
    assert claim.verdict is SUPPORTED


@pytest.mark.parametrize(("end", "verdict"), [(1.0, SUPPORTED), (0.974, REFUTED)])
def test_training_accuracy_is_judged_by_its_spread_over_the_folds(
    results: Results, end: float, verdict: Verdict
) -> None:
    task = "cross_validation-n_700"
    curves = np.full((5, 30), end) - np.linspace(0, 0.003, 5)[:, None]
    altered = Altered(results, {(task, "train_accuracy"): curves})
    altered.records[task] = facts(train_accuracy=float(curves[:, -1].mean()))(altered.records[task])
    found = number(altered, "training_700")
    assert found.low is not None
    assert found.verdict is verdict


def cells(results: Results, count: int) -> Altered:
    """Every cell of every confusion matrix of softmax regression holds so many images."""
    tasks = [task for task in results.records if task.startswith("softmax_regression-")]
    return Altered(results, {(task, "confusion"): np.full((10, 10), count) for task in tasks})


def test_a_cell_of_a_confusion_matrix_is_judged_over_runs(layout: Layout, results: Results) -> None:
    assert number(cells(results, 60), "softmax_4_as_9").verdict is SUPPORTED
    assert number(cells(results, 5), "softmax_4_as_9").verdict is REFUTED
    alone = cells(results, 60)
    for task in [one for one in alone.records if one.startswith("softmax_regression-seed")]:
        del alone.records[task]
    found = number(alone, "softmax_4_as_9")
    assert (found.ours, found.low, found.verdict) == (60, None, None)
    assert "Softmax regression: 4 misclassified as 9–5660other" in read(layout, alone, "reproduction")


def test_what_was_taken_over_is_no_result(layout: Layout, results: Results) -> None:
    """1,000 draws are set beside our draws, not beside the images that they hit; and no setting is a claim."""
    made = with_records(results, noisy_embeddings__trained_published=facts(n_draws=1000, n_noise=255))
    found = reproduction(made)
    settings = {one.key: one for one in found.settings}
    assert (settings["noise_draws"].ours, settings["noise_draws"].likeness) == (1000, Likeness.SAME)
    assert settings["embedder_parameters"].likeness is Likeness.SAME
    assert settings["embedder_parameters_text"].likeness is Likeness.OTHER
    claims = {one.key: one for one in published.load()}
    assert len(claims) == len(published.load())
    told = {one.key for a in (found.a1, found.a2, found.a3, found.a4, found.a5) for one in a.numbers}
    assert told == {key for key, one in claims.items() if not one.setting and not one.is_cost}
    assert {*settings, *(one.key for one in found.times), *told} == claims.keys()


@pytest.mark.parametrize(("share", "verdict"), [(1.0, SUPPORTED), (0.627, UNDECIDED), (0.5, REFUTED), (0.3, REFUTED)])
def test_both_languages_judge_the_noise_alike(layout: Layout, results: Results, share: float, verdict: Verdict) -> None:
    made = with_records(results, noisy_embeddings__trained_published=facts(noise_predicted_share=share))
    gathered = reproduction(made).a3.gathered
    assert gathered is not None
    assert gathered.verdict is verdict
    claims = {"en": "All noise is predicted as one class", "ja": "ノイズはすべて一つのクラスと予測される"}
    for code, claim in claims.items():
        assert f"{claim}{SAID[code][verdict]}" in read(layout, made, "reproduction", code)


def test_the_class_of_the_noise_is_never_refuted_by_one_training(results: Results) -> None:
    assert number(results, "noise_class").verdict is SUPPORTED
    other = with_records(results, noisy_embeddings__trained_published=named("3"))
    assert number(other, "noise_class").verdict is UNDECIDED


def named(name: str) -> Change:
    return lambda record: msgspec.structs.replace(record, facts=record.facts | {"noise_predicted_as": name})


@pytest.mark.parametrize(
    ("plane", "space", "verdict"), [(0.3, 0.5, SUPPORTED), (0.3, 0.31, UNDECIDED), (0.5, 0.3, REFUTED)]
)
def test_a_third_component_is_judged_as_on_its_own_page(
    results: Results, plane: float, space: float, verdict: Verdict
) -> None:
    made = with_records(
        results,
        noisy_maps__pca2_trained_published=scores(noise_purity=plane),
        noisy_maps__pca3_trained_published=scores(noise_purity=space),
    )
    deeper, its = reproduction(made).a3.space, noise(made)
    assert deeper is not None
    assert its is not None
    assert deeper.verdict is verdict
    assert deeper.third is its.third
    assert (deeper.plane.purity.value, deeper.space.purity.value) == (plane, space)


@pytest.mark.parametrize(
    ("purity", "silhouette", "cluster", "plane"),
    [(1.0, 0.8, SUPPORTED, REFUTED), (0.8, 0.3, UNDECIDED, UNDECIDED), (0.2, 0.1, REFUTED, SUPPORTED)],
)
def test_where_the_noise_lies(
    results: Results, purity: float, silhouette: float, cluster: Verdict, plane: Verdict
) -> None:
    lies = scores(noise_purity=purity, noise_silhouette=silhouette)
    names = ("tsne2_trained_published", "pca2_trained_published", "tsne2_random_published")
    found = reproduction(with_records(results, **{f"noisy_maps__{name}": lies for name in names})).a3
    assert found.cluster is not None
    assert found.plane is not None
    assert found.untrained is not None
    assert (found.cluster.verdict, found.plane.verdict, found.untrained.verdict) == (cluster, plane, cluster)


def disparity(low: float, high: float) -> Change:
    """The Procrustes disparities of all pairs of runs go from one to the other."""

    def change(record: Record) -> Record:
        metrics = tuple(
            msgspec.structs.replace(one, value=(low + high) / 2, low=low, high=high)
            if one.name == "procrustes"
            else one
            for one in record.metrics
        )
        return msgspec.structs.replace(record, metrics=metrics)

    return change


@pytest.mark.parametrize(
    ("value", "alike", "verdict"),
    [(0.3, Alike.NONE, SUPPORTED), (0.015, Alike.SOME, SUPPORTED), (0.0, Alike.ALL, REFUTED)],
)
def test_runs_of_tsne_differ_as_soon_as_two_do(results: Results, value: float, alike: Alike, verdict: Verdict) -> None:
    made = with_records(results, stability__noisy_tsne=disparity(0.5 * value, 1.5 * value))
    varies = reproduction(made).a3.varies
    assert varies is not None
    assert (varies.alike, varies.verdict) == (alike, verdict)


def test_a_difference_of_nothing_is_identity(layout: Layout, results: Results) -> None:
    assert "Here the two are identical." in read(layout, results, "reproduction")
    made = with_records(results, noisy_embeddings__trained_published=facts(hooked_difference=2e-6))
    assert "Here the two differ by at most 0.000002." in read(layout, made, "reproduction")


@pytest.mark.parametrize(
    ("best_loss", "last_loss", "best", "verdict"),
    [(0.1, 0.2, 7, SUPPORTED), (0.1, 0.102, 7, UNDECIDED), (0.1, 0.1, 20, REFUTED)],
)
def test_the_validation_loss_turns(
    results: Results, best_loss: float, last_loss: float, best: int, verdict: Verdict
) -> None:
    task = "cnn_embeddings-trained"
    curve = np.full(20, 0.3)
    curve[best - 1 :] = np.linspace(best_loss, last_loss, 21 - best)
    arrays = {(task, "held_out_loss"): curve, (task, "train_loss"): np.linspace(0.3, 0.01, 20)}
    altered = Altered(results, arrays)
    altered.records[task] = facts(best_epoch=best)(altered.records[task])
    turns = reproduction(altered).a3.turns
    assert turns is not None
    assert turns.verdict is verdict


def recognised(n: int, **cells_of: int) -> np.ndarray:
    """A confusion matrix with ``n`` right of each class, and some wrong: ``as_49=5``."""
    counts = np.diag(np.full(10, n))
    for name, count in cells_of.items():
        counts[int(name[-2]), int(name[-1])] += count
    return counts


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        ({"as_49": 40, "as_97": 30, "as_40": 10}, SUPPORTED),
        ({"as_49": 2, "as_40": 6}, UNDECIDED),
        ({"as_40": 60}, REFUTED),
    ],
)
def test_classes_overlap_if_they_are_predicted_as_one_another(
    results: Results, wrong: dict[str, int], verdict: Verdict
) -> None:
    counts = recognised(100, **wrong)
    made = Altered(results, {(f"generated_digits-{d}", "confusion"): counts for d in ("2d", "3d")})
    found = reproduction(made).a2
    assert found.four_seven_nine is not None
    assert found.still is not None
    assert found.four_seven_nine.verdict is found.still.verdict is verdict
    assert found.four_seven_nine.all == pytest.approx(
        (wrong.get("as_49", 0) + wrong.get("as_97", 0)) / (300 + sum(wrong.values()))
    )
    assert found.three_five_eight is None  # none of them is misclassified


@pytest.mark.parametrize(
    ("right", "others", "verdict", "fewest"),
    [(0, 80, SUPPORTED, Fewest.FOUR), (40, 80, UNDECIDED, Fewest.FOUR), (90, 80, REFUTED, Fewest.OTHER)],
)
def test_four_is_hardly_generated(results: Results, right: int, others: int, verdict: Verdict, fewest: Fewest) -> None:
    counts = np.diag(np.full(10, others))
    counts[:, 1] += 100 - np.diag(counts)
    counts[4] = 0
    counts[4, 4], counts[4, 9] = right, 100 - right
    four = reproduction(Altered(results, {("generated_digits-2d", "confusion"): counts})).a2.four
    assert four is not None
    assert (four.verdict, four.fewest, four.by_chance) == (verdict, fewest, 0.1)


@pytest.mark.parametrize(
    ("two", "three", "verdict"), [(0.6, 0.8, SUPPORTED), (0.7, 0.705, UNDECIDED), (0.8, 0.6, REFUTED)]
)
def test_a_third_dimension_reproduces_more(results: Results, two: float, three: float, verdict: Verdict) -> None:
    made = with_records(results, generated_digits__2d=scores(accuracy=two), generated_digits__3d=scores(accuracy=three))
    more = reproduction(made).a2.third
    assert more is not None
    assert more.verdict is verdict


@pytest.mark.parametrize(("linear", "verdict"), [(0.4, SUPPORTED), (0.95, UNDECIDED), (0.99, REFUTED)])
def test_the_swiss_roll_is_unrolled_by_some_method(results: Results, linear: float, verdict: Verdict) -> None:
    unrolled = reproduction(with_records(results, swiss_roll__pca=scores(unrolled=linear))).a2.unrolled
    assert unrolled is not None
    assert unrolled.verdict is verdict


@pytest.mark.parametrize(
    ("slow", "fast", "verdict"), [(300.0, 100.0, SUPPORTED), (150.0, 100.0, UNDECIDED), (90.0, 100.0, REFUTED)]
)
def test_far_faster_is_half_the_time(results: Results, slow: float, fast: float, verdict: Verdict) -> None:
    made = with_records(results, tsne__2d=took(slow), umap__2d=took(fast), neighbours__exact=took(60.0))
    faster = reproduction(made).a1.faster
    assert faster is not None
    assert faster.verdict is verdict
    assert faster.ours == pytest.approx(slow / fast)
    assert faster.layout == pytest.approx((slow - 60) / (fast - 60))
    assert faster.theirs == pytest.approx(5963 / 91)


def test_times_are_apart_and_only_say_which_is_shorter(layout: Layout, results: Results) -> None:
    """Of UMAP's time the exact search is told apart; a busy machine's time is marked and compared by CPU time."""
    made = with_records(
        results, umap__2d=took(186.0), neighbours__exact=took(154.0), svc__published=took(1000.0, 500.0)
    )
    found = {one.key: one for one in reproduction(made).times}
    assert found["umap_wall_pc"].shorter is Shorter.THEIRS
    assert found["svc_wall"].busy
    assert found["svc_wall"].shorter is Shorter.OURS  # 500 s of CPU time against 693 s
    assert not found["mlp_wall"].busy
    assert found["mlp_wall"].shorter is Shorter.THEIRS
    text = read(layout, made, "reproduction")
    assert f"16 min 40 s{BUSY_MARK}" in text.replace("\u00a0", " ")
    assert f"{BUSY_MARK} Measured on a busy machine" in text
    assert BUSY_MARK not in read(layout, results, "reproduction")


@pytest.mark.parametrize(
    ("changes", "order"),
    [((0.6, 0.3), SUPPORTED), ((0.4, 0.39), UNDECIDED), ((0.3, 0.6), REFUTED)],
)
def test_clusters_of_umap(results: Results, changes: tuple[float, float], order: Verdict) -> None:
    one, other = changes
    apart = reproduction(
        with_records(results, umap__2d=scores(silhouette=one), tsne__2d=scores(silhouette=other))
    ).a1.apart
    assert apart is not None
    assert apart.verdict is order


@pytest.mark.parametrize(
    ("best", "last", "verdict"),
    [(0.9, 0.5, SUPPORTED), (0.9, 0.875, UNDECIDED), (0.9, 0.9, REFUTED)],
)
def test_overfitting_is_decided_on_the_same_images(
    results: Results, best: float, last: float, verdict: Verdict
) -> None:
    task = "softmax_regression-endless"
    true = np.asarray(results.labels())[np.asarray(results.array(task, "index"))]
    n = len(true)

    def right(share: float) -> np.ndarray:
        return np.where(np.arange(n) < round(share * n), true, (true + 1) % 10)

    curve = np.linspace(best, last, 30)
    arrays = {
        (task, "best_predictions"): right(best),
        (task, "predictions"): right(last),
        (task, "held_out_accuracy"): curve,
        (task, "train_accuracy"): np.linspace(0.9, 0.99, 30),
    }
    overfits = reproduction(Altered(results, arrays)).a4.overfits
    assert overfits is not None
    assert overfits.verdict is verdict


def test_accuracy_rises_in_the_articles_order(layout: Layout, results: Results) -> None:
    """By the steps of the ranking: one that is not significant leaves the claim open, one that falls refutes it."""
    rises = reproduction(results).a5.rises
    assert rises is not None
    assert [one.task.split("-")[0] for one in rises.scores] == [
        "logistic_regression",
        "svc",
        "mlp",
        "dense_network",
        "cnn",
    ]
    assert all(one.order is Order.UNDECIDED for one in rises.undecided)
    assert {*rises.undecided, *rises.falls} <= {*rises.steps}
    expected = REFUTED if rises.falls else UNDECIDED if rises.undecided else SUPPORTED
    assert rises.verdict is expected


def test_the_count_is_that_of_the_table(layout: Layout, results: Results) -> None:
    """The sentence on top counts the verdicts that stand in the rows, whatever the language."""
    tally = reproduction(results).tally
    assert tally is not None
    for code in [one.code for one in LANGUAGES]:
        text = raw(layout, results, code)
        chips = Counter(re.findall(r'<td class="verdict"[^>]*>([^<]*)</td>', text))
        counts = (tally.supported, tally.undecided, tally.refuted)
        assert tuple(chips[SAID[code][one]] for one in Verdict) == counts
        assert tally.comparable == sum(counts)


def raw(layout: Layout, results: Results, code: str) -> str:
    """The page as it is written, with its tags."""
    book = Book(results, load(layout, code), {}, published.load(), (), find(results))
    return page(environment(layout), layout, book, Here(book, book.page("reproduction"), frozenset()))


def test_on_other_images_nothing_is_judged(layout: Layout) -> None:
    results = Results(layout.records)
    found = reproduction(results)
    assert found.images is Images.OTHER
    assert all(one.verdict is None for a in (found.a3, found.a4, found.a5) for one in a.numbers)
    assert found.a1.faster is not None  # measured all the same
    assert found.tally is None
    assert "No claim gets a verdict here." in read(layout, results, "reproduction")
    for code in [one.code for one in LANGUAGES]:
        marks = re.findall(r'<td class="verdict"[^>]*>([^<]*)</td>', raw(layout, results, code))
        assert marks
        assert {*marks} == {"–"}


def test_a_claim_without_a_result_is_not_counted(layout: Layout, results: Results) -> None:
    made = on_mnist(without(results, "svc-published", "tsne-2d"))
    found = reproduction(made)
    assert found.a1.faster is None
    assert found.a5.rises is None
    assert number(made, "svc_accuracy").verdict is None
    all_claims = reproduction(results).tally
    assert found.tally is not None
    assert all_claims is not None
    assert found.tally.comparable < all_claims.comparable
    assert "not run yet" in read(layout, made, "reproduction")
