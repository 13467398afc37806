"""The contract every experiment keeps, over all that are found: none is listed here."""

import dataclasses
import importlib
import warnings
from types import ModuleType

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from generator import sources
from generator.config import DataConfig
from generator.dataset import SPLITS, Dataset, Images
from generator.experiment import Classification, Embedding, Experiment, Outcome, Study, Variant
from generator.experiments import cnn
from generator.fingerprint import CodeIndex
from generator.layout import PROJECT
from generator.nets.training import count_parameters

FOLDER = PROJECT / "generator" / "experiments"
SLUGS = tuple(sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")))
VARIANTS = tuple(
    (slug, variant)
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
            module = module_of(slug)
            experiment: Experiment = module.experiment
            names = {field.name for field in dataclasses.fields(experiment.params)}
            params = {**experiment.variants[variant].params, **{k: v for k, v in QUICK.items() if k in names}}
            needs = declared_variant(slug, variant).needs
            needs = experiment.needs if needs is None else needs
            inputs = {name: outcome(need.experiment, need.variant) for name, need in needs.items()}
            data = dataset(images, slug, variant)
            random_state = np.random.get_state()[1].copy()
            # One thread, as in the engine's fresh processes; UMAP leaves another number behind for whoever comes next.
            with warnings.catch_warnings(), threadpool_limits(1):
                warnings.simplefilter("error")
                warnings.simplefilter("default", DeprecationWarning)
                made[slug, variant, again] = module.run(
                    data, experiment.params(**params), 7 + declared_variant(slug, variant).repeat, inputs
                )
            assert np.array_equal(np.random.get_state()[1], random_state), "it drew from NumPy's global generator"
            assert np.array_equal(data.train.images, images.images[data.train.index]), "it changed its images"
        return made[slug, variant, again]

    return outcome


def declared_variant(slug: str, variant: str) -> Variant:
    found: Variant = module_of(slug).experiment.variants[variant]
    return found


def dataset(images: Images, slug: str, variant: str) -> Dataset:
    declared = declared_variant(slug, variant)
    return images.split(declared.split or module_of(slug).experiment.split).sampled(declared.sample)


@pytest.mark.parametrize("slug", SLUGS)
def test_declares_itself(slug: str):
    experiment = module_of(slug).experiment
    assert isinstance(experiment, Experiment)
    assert experiment.title
    assert experiment.variants
    assert not experiment.summary.endswith(".")
    assert experiment.split in SPLITS
    assert experiment.params.__dataclass_params__.frozen
    for field in dataclasses.fields(experiment.params):
        assert field.metadata["unit"], f"{field.name} has no unit"
        assert type(field.default) in (bool, int, float, str)
        assert type(field.default) is field.type, f"{field.name}: the default is not of the declared type"


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_variants_change_only_what_there_is(slug: str, variant: str):
    experiment = module_of(slug).experiment
    params = experiment.params(**experiment.variants[variant].params)
    for field in dataclasses.fields(params):
        assert type(getattr(params, field.name)) is field.type
    assert (experiment.variants[variant].split or experiment.split) in SPLITS


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_variants_outside_a_series_have_a_title(slug: str, variant: str):
    declared = declared_variant(slug, variant)
    assert declared.title or declared.series


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
