"""The contract every experiment keeps, over all that are found: none is listed here."""

import dataclasses
import importlib
import itertools
import warnings
from types import ModuleType

import msgspec
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from generator import registry, sources
from generator.config import DataConfig
from generator.dataset import SPLITS, Dataset, Images
from generator.errors import UserError
from generator.experiments import cnn, swiss_roll
from generator.fingerprint import CodeIndex
from generator.layout import PROJECT
from generator.metrics.stability import disparity
from generator.nets.training import count_parameters
from generator.report.findings.tuning import SEEN
from generator.vocabulary import Classification, Embedding, Experiment, Outcome, Study, Variant

FOLDER = PROJECT / "generator" / "experiments"
SLUGS = tuple(sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")))
VARIANTS = tuple(
    (slug, variant.name)
    for slug in SLUGS
    for variant in importlib.import_module(f"generator.experiments.{slug}").experiment.variants
)
#: What makes a parameter of this name quick to try. A new experiment may need a name added here, and nothing else.
QUICK = {"epochs": 1, "max_epochs": 3, "early_steps": 25, "steps": 50, "max_iter": 10}
N = 300


def module_of(slug: str) -> ModuleType:
    return importlib.import_module(f"generator.experiments.{slug}")


@pytest.fixture(scope="module")
def images() -> Images:
    """300 digits, 240 of them for training."""
    every = sources.load(DataConfig(source="digits"))
    return dataclasses.replace(every, images=every.images[:N], labels=every.labels[:N], n_train=240)


@pytest.fixture(scope="module")
def code() -> CodeIndex:
    return CodeIndex(PROJECT, None)


@pytest.fixture(scope="module")
def outcomes(images: Images):
    """Run a variant quickly, once more if ``again``; outcomes that others need are made on the way."""
    made: dict[tuple[str, str, bool], Outcome] = {}

    def outcome(slug: str, variant: str, *, again: bool = False) -> Outcome:
        if (slug, variant, again) not in made:
            module, declared = module_of(slug), declared_variant(slug, variant)
            names = {field.name for field in dataclasses.fields(module.Params)}
            params = {**declared.params, **{k: v for k, v in QUICK.items() if k in names}}
            inputs = {need.name: outcome(need.experiment, need.variant) for need in declared.needs}
            data = dataset(images, slug, variant)
            random_state = np.random.get_state()[1].copy()
            # One thread, as in the engine's fresh processes; UMAP leaves another number behind for whoever comes next.
            with warnings.catch_warnings(), threadpool_limits(1):
                warnings.simplefilter("error")
                warnings.simplefilter("default", DeprecationWarning)
                made[slug, variant, again] = module.run(data, module.Params(**params), 7 + declared.repeat, inputs)
            assert np.array_equal(np.random.get_state()[1], random_state), "it drew from NumPy's global generator"
            assert np.array_equal(data.train.images, images.images[data.train.index]), "it changed its images"
        return made[slug, variant, again]

    return outcome


def declared_variant(slug: str, variant: str) -> Variant:
    experiment: Experiment = module_of(slug).experiment
    return experiment.variant(variant)


def dataset(images: Images, slug: str, variant: str) -> Dataset:
    declared = declared_variant(slug, variant)
    return images.split(declared.split).sampled(declared.sample)


@pytest.mark.parametrize("slug", SLUGS)
def test_declares_itself(slug: str):
    experiment = module_of(slug).experiment
    assert isinstance(experiment, Experiment)
    assert experiment.title
    assert experiment.variants
    assert not experiment.summary.endswith(".")
    assert module_of(slug).Params.__dataclass_params__.frozen
    for field in dataclasses.fields(module_of(slug).Params):
        assert field.metadata["param"].unit, f"{field.name} has no unit"
        assert type(field.default) in (bool, int, float, str)
        assert type(field.default) is field.type, f"{field.name}: the default is not of the declared type"


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_variants_change_only_what_there_is(slug: str, variant: str):
    declared = declared_variant(slug, variant)
    params = module_of(slug).Params(**declared.params)
    for field in dataclasses.fields(params):
        assert type(getattr(params, field.name)) is field.type
    assert declared.split in SPLITS


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_variants_outside_a_series_have_a_title(slug: str, variant: str):
    declared = declared_variant(slug, variant)
    assert declared.title or declared.series


#: Experiments whose setting is chosen among candidates, and the variants that must be among these.
TUNED = {
    slug: tuple(name for name in ("published", "tuned", "default") if (slug, name) in VARIANTS)
    for slug in SLUGS
    if any(one.series == "candidate" for one in module_of(slug).experiment.variants)
}


def test_every_classifier_with_a_tuned_setting_has_candidates():
    assert TUNED.keys() >= {slug for slug, variant in VARIANTS if variant == "tuned"}
    assert "k_nearest" in TUNED


@pytest.mark.parametrize("slug", TUNED)
def test_the_articles_and_the_tuned_setting_are_among_the_candidates(slug: str):
    """All by one protocol; what is only for curves makes no other setting."""
    module = module_of(slug)

    def setting(variant: Variant) -> object:
        params = module.Params(**variant.params)
        return dataclasses.replace(params, held_out_curve=False) if hasattr(params, "held_out_curve") else params

    chosen_among = [one for one in module.experiment.variants if one.series == "candidate"]
    assert 4 <= len(chosen_among) <= 6
    assert {one.split for one in chosen_among} == {"tuning"}
    assert not any(one.compared or one.sample or one.repeat or one.title for one in chosen_among)
    settings = [setting(one) for one in chosen_among]
    assert all(settings.count(one) == 1 for one in settings)
    assert TUNED[slug]
    for name in TUNED[slug]:
        assert setting(declared_variant(slug, name)) in settings, name


def test_the_candidate_of_earlier_trials_is_the_one_that_pages_name():
    """``SEEN`` names it by its number in the list."""
    assert SEEN == ("cnn-candidate_2",)
    assert declared_variant("cnn", "candidate_2").params == cnn.ONE_CYCLE | cnn.NO_CURVE


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_variants_use_only_what_there_is(slug: str, variant: str):
    declared, names = declared_variant(slug, variant), {f.name for f in dataclasses.fields(module_of(slug).Params)}
    assert set(declared.uses) <= names
    assert not declared.uses or set(declared.params) <= set(declared.uses)


def test_methods_that_are_compared_stand_on_the_same_images():
    for section in ("maps", "classifiers"):
        experiments = [module_of(slug).experiment for slug in SLUGS]
        compared = [one for one in experiments if one.section == section and one.task != "study"]
        assert len({variant.split for one in compared for variant in one.variants if variant.compared}) == 1


def test_parents_have_a_page():
    for slug in SLUGS:
        parent = module_of(slug).experiment.parent
        assert not parent or not module_of(parent).experiment.parent


def test_pages_have_an_order():
    for section in ("maps", "classifiers"):
        experiments = [module_of(slug).experiment for slug in SLUGS]
        orders = [one.order for one in experiments if one.section == section and not one.parent]
        assert len(set(orders)) == len(orders)


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_gives_a_finite_outcome_of_the_right_shape(slug: str, variant: str, outcomes, images: Images):
    outcome, data = outcomes(slug, variant), dataset(images, slug, variant)
    if module_of(slug).experiment.task == "embedding":
        assert isinstance(outcome, Embedding)
        assert outcome.coordinates.shape[0] == len(data.train)
        assert outcome.coordinates.dtype in (np.float32, np.uint8)
        assert outcome.coordinates.std(axis=0).any()
        results = {"coordinates": outcome.coordinates, **outcome.arrays}
    elif module_of(slug).experiment.task == "study":
        assert isinstance(outcome, Study)
        results = dict(outcome.arrays)
        assert outcome.arrays or outcome.metrics
        for metric in outcome.metrics:
            assert np.isfinite(metric.value)
            assert metric.low is None or metric.high is None or metric.low <= metric.value <= metric.high
    else:
        assert isinstance(outcome, Classification)
        assert outcome.predictions.shape == (len(data.test),)
        assert outcome.predictions.dtype == np.uint8
        assert outcome.predictions.max() < data.n_classes
        assert type(outcome.n_parameters) is int
        assert outcome.n_parameters >= 0
        results = {"predictions": outcome.predictions, **outcome.arrays}
        if outcome.probabilities is not None:
            assert outcome.probabilities.shape == (len(data.test), data.n_classes)
            assert outcome.probabilities.dtype == np.float32
            assert np.allclose(outcome.probabilities.sum(axis=1), 1, atol=1e-5)
            assert np.array_equal(outcome.probabilities.argmax(axis=1), outcome.predictions)
            results["probabilities"] = outcome.probabilities
    for name, array in results.items():
        assert isinstance(array, np.ndarray)
        assert np.isfinite(array).all(), f"{name} is not finite"
    for name, fact in outcome.facts.items():
        assert type(fact) in (bool, int, float, str), f"fact {name} is a {type(fact)}"
        assert not isinstance(fact, float) or np.isfinite(fact)


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_repeats_to_the_last_bit_under_one_seed(slug: str, variant: str, outcomes):
    first, second = outcomes(slug, variant), outcomes(slug, variant, again=True)
    assert first.facts == second.facts
    assert getattr(first, "metrics", None) == getattr(second, "metrics", None)
    for name in ("coordinates", "predictions", "probabilities"):
        if getattr(first, name, None) is not None:
            assert np.array_equal(getattr(first, name), getattr(second, name))
    assert first.arrays.keys() == second.arrays.keys()
    for name in first.arrays:
        assert np.array_equal(first.arrays[name], second.arrays[name])


@pytest.mark.parametrize("slug", SLUGS)
def test_warms_up(slug: str):
    if hasattr(module_of(slug), "warm_up"):
        assert module_of(slug).warm_up() is None


@pytest.mark.parametrize("slug", SLUGS)
def test_knows_nothing_of_the_rest(slug: str, code: CodeIndex):
    """Reaches neither the engine, nor the report, nor another experiment, and does not draw."""
    foreign = ("generator.engine", "generator.report", "generator.cli", "generator.experiments.")
    reached = set(code.closure(f"generator.experiments.{slug}")) - {f"generator.experiments.{slug}"}
    assert not {name for name in reached if name.startswith(foreign)}
    assert "matplotlib" not in (FOLDER / f"{slug}.py").read_text(encoding="utf-8")


def test_the_network_has_the_articles_parameters():
    assert count_parameters(cnn.network(10, 0.2)) == 228_586


def test_nearest_neighbours_store_every_pixel_of_every_training_image(outcomes, images: Images):
    """As a support vector machine's vectors are counted, of which none can be more than that."""
    train = dataset(images, "k_nearest", "default").train
    assert outcomes("k_nearest", "default").n_parameters == len(train) * 784


def test_maps_of_noise_from_random_starts_are_compared_pair_by_pair(outcomes):
    """Studies' maps as embeddings' are: the mean, the least and the greatest of ten pairs."""
    maps = [outcomes("noisy_maps", f"seed_{i}").arrays["coordinates"] for i in range(5)]
    outcome = outcomes("stability", "noisy_tsne")
    found = [disparity(first, second) for first, second in itertools.combinations(maps, 2)]
    (procrustes, overlap) = outcome.metrics
    assert outcome.facts["n_maps"] == 5
    assert procrustes.value == pytest.approx(np.mean(found))
    assert (procrustes.low, procrustes.high) == (min(found), max(found))
    assert 0 < overlap.low <= overlap.value <= overlap.high < 1


@pytest.mark.parametrize("variant", ["pca", "isomap", "autoencoder"])
def test_a_swiss_roll_says_how_many_points_it_has(outcomes, variant: str):
    outcome = outcomes("swiss_roll", variant)
    assert outcome.facts["n_points"] == len(outcome.arrays["roll"]) == len(outcome.arrays["coordinates"])


@pytest.mark.parametrize(
    ("variant", "idle"),
    [
        ("pca", {"n_neighbors": 3, "steps": 7, "epochs": 2, "learning_rate": 0.5}),
        ("isomap", {"steps": 7, "epochs": 2, "learning_rate": 0.5}),
        ("tsne", {"n_neighbors": 3, "epochs": 2, "learning_rate": 0.5}),
        ("autoencoder", {"n_neighbors": 3, "steps": 7}),
    ],
)
def test_parameters_that_a_variant_does_not_use_change_nothing(images: Images, variant: str, idle: dict[str, float]):
    """Its declaration, as the report reads it, names all others, and no name is there in vain."""
    declared = registry.declare("swiss_roll").variant(variant)
    names = {field.name for field in dataclasses.fields(swiss_roll.Params)}
    assert set(declared.uses) == names - idle.keys()
    data, params = images.split("official"), swiss_roll.Params(method=variant, points=200, steps=30, epochs=1)
    usual, other = (swiss_roll.run(data, one, 0, {}) for one in (params, dataclasses.replace(params, **idle)))
    assert np.array_equal(usual.arrays["coordinates"], other.arrays["coordinates"])


def test_a_variant_that_uses_what_is_no_parameter_is_the_declarations_fault(monkeypatch: pytest.MonkeyPatch):
    wrong = msgspec.structs.replace(swiss_roll.experiment, variants=(Variant("pca", "PCA", uses=("method", "turns")),))
    monkeypatch.setattr(swiss_roll, "experiment", wrong)
    with pytest.raises(UserError, match="variant pca uses 'turns', which is no parameter"):
        registry.declare("swiss_roll")
