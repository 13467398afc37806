"""Profiles: what a good one gives, and what is said of a bad one."""

from pathlib import Path

import pytest

from generator.config import Config, load, profiles, resolve
from generator.errors import UserError
from generator.record import DataInfo
from generator.vocabulary import Experiment, Fact, Param, Variant

DECLARATION = Experiment(
    slug="tsne",
    title="t-SNE",
    summary="Keeps neighbours",
    section="maps",
    task="embedding",
    order=1,
    control=False,
    figures=(),
    params=(
        Param(name="perplexity", type="float", default=30.0, unit="1", above=0),
        Param(name="steps", type="int", default=500, unit="steps", at_least=1),
        Param(name="fast", type="bool", default=True, unit="1"),
    ),
    variants=(
        Variant("2d", "Two"),
        Variant("3d", "Three", {"steps": 700}),
    ),
)

BOUNDED = Experiment(
    slug="graph",
    title="Graph",
    summary="Joins neighbours",
    section="maps",
    task="embedding",
    order=2,
    control=False,
    figures=(),
    params=(
        Param(name="k", type="int", default=10, unit="1", at_least=2, below="n_train"),
        Param(name="n_components", type="int", default=2, unit="1", at_least=1, at_most="n_pixels"),
        Param(name="init", type="str", default="pca", unit="1", choices=("pca", "spectral")),
        Param(name="patience", type="int", default=5, unit="epochs", zero="off", at_least=3),
    ),
    variants=(
        Variant("2d", "Two"),
        Variant("seed_0", series="seed", sample=50),
        Variant("wide", params={"k": 5_000}, series="k", sample=50),
    ),
)

DATA = DataInfo(name="digits", digest="", class_names=("0", "1"), n_images=100, n_train=80, origin="made up")


@pytest.fixture
def read(tmp_path: Path):
    """Write a profile and load it."""

    def read(text: str) -> Config:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load(str(path))

    return read


def test_built_in_profiles_load():
    assert set(profiles()) >= {"quick", "mnist"}
    assert load("quick").data.source == "digits"
    assert load("mnist").data.source == "mnist"
    assert load("mnist").name == "mnist"


def test_a_users_file_is_named_by_its_stem(read):
    config = read("[run]\nseed = 3\n")
    assert (config.name, config.run.seed, config.run.threads) == ("mine", 3, 1)


def test_a_relative_data_path_starts_at_the_file(read, tmp_path):
    assert Path(read('[data]\nsource = "mnist"\npath = "images"\n').data.path) == tmp_path / "images"


def test_the_command_line_overrides_the_data_path(tmp_path):
    assert load("mnist").with_data_path(str(tmp_path)).data.path == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("[run]\nthread = 1\n", "unknown key run.thread", "did you mean run.threads?"),
        ("[runs]\nseed = 1\n", "unknown key runs", "did you mean run?"),
        ("[output]\nseed = 1\n", "unknown key output", "valid here: data, run, experiments"),
        ('[run]\nthreads = "2"\n', "run.threads: Expected int, got str", "correct"),
        ("[run]\nthreads = true\n", "run.threads: Expected int, got bool", "correct"),
        ("[run]\nthreads = 0\n", "run.threads: Expected int >= 1", "correct"),
        ("run = 1\n", "run: Expected object, got int", "correct"),
        ('[data]\nsource = "mnits"\n', "data.source", "use one of digits, mnist"),
        ('name = "x"\n', "unknown key name", ""),
    ],
)
def test_a_bad_profile_is_told_by_file_key_and_remedy(read, text, key, remedy):
    with pytest.raises(UserError) as caught:
        read(text)
    assert caught.value.where.endswith("mine.toml")
    assert key in caught.value.what
    assert remedy in caught.value.remedy


def test_bad_toml_is_told_by_line(read):
    with pytest.raises(UserError) as caught:
        read("[run]\nseed = \n")
    assert "mine.toml, line 2" in caught.value.where


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [("quik", "unknown profile 'quik'", "did you mean quick?"), ("nowhere.toml", "no such profile", "quick")],
)
def test_an_unknown_profile_is_told(name, what, remedy):
    with pytest.raises(UserError) as caught:
        load(name)
    assert what in caught.value.what
    assert remedy in caught.value.remedy


def resolved(config: Config) -> dict[tuple[str, str], dict[str, Fact]]:
    return resolve(config, [DECLARATION, BOUNDED], DATA)


def test_the_nearer_setting_wins(read):
    assert resolved(read(""))["tsne", "2d"] == {"perplexity": 30.0, "steps": 500, "fast": True}
    assert resolved(read(""))["tsne", "3d"]["steps"] == 700
    config = read("[experiments.tsne]\nsteps = 10\n[experiments.tsne.3d]\nsteps = 20\nperplexity = 5\n")
    assert resolved(config)["tsne", "2d"]["steps"] == 10
    assert resolved(config)["tsne", "3d"] == {"perplexity": 5.0, "steps": 20, "fast": True}


def test_what_makes_a_variant_what_it_is_stays_whatever_is_set_for_all(read):
    config = read("[experiments.tsne]\nsteps = 10\nfast = false\n")
    assert resolved(config)["tsne", "3d"] == {"perplexity": 30.0, "steps": 700, "fast": False}


def test_an_integer_stands_for_a_float(read):
    value = resolved(read("[experiments.tsne]\nperplexity = 5\n"))["tsne", "2d"]["perplexity"]
    assert (value, type(value)) == (5.0, float)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("[experiments.tsn]\nsteps = 1\n", "unknown key experiments.tsn", "did you mean experiments.tsne?"),
        ("[experiments]\ntsne = 1\n", "experiments.tsne: expected a table, got int (1)", "correct"),
        (
            "[experiments.tsne]\nstep = 1\n",
            "unknown key experiments.tsne.step",
            "did you mean experiments.tsne.steps?",
        ),
        (
            "[experiments.tsne.2d]\nstep = 1\n",
            "unknown key experiments.tsne.2d.step",
            "did you mean experiments.tsne.2d.steps?",
        ),
        (
            "[experiments.tsne.4d]\nsteps = 1\n",
            "unknown key experiments.tsne.4d",
            "valid here: perplexity, steps, fast, 2d, 3d",
        ),
        (
            "[experiments.tsne]\nmax_iter = 1\n",
            "unknown key experiments.tsne.max_iter",
            "valid here: perplexity, steps, fast, 2d, 3d",
        ),
        ("[experiments.tsne]\n2d = 1\n", "experiments.tsne.2d: expected a table, got int (1)", "correct"),
        ("[experiments.tsne]\nsteps = 1.5\n", "experiments.tsne.steps: expected int, got float (1.5)", "correct"),
        ("[experiments.tsne]\nsteps = true\n", "experiments.tsne.steps: expected int, got bool (True)", "correct"),
        ("[experiments.tsne]\nfast = 1\n", "experiments.tsne.fast: expected bool, got int (1)", "correct"),
        ("[experiments.tsne]\nperplexity = nan\n", "expected float, got float (nan)", "correct"),
        ("[experiments.tsne.steps]\nx = 1\n", "experiments.tsne.steps: expected int, got a table", "correct"),
    ],
)
def test_a_bad_parameter_is_told_by_its_dotted_key(read, text, what, remedy):
    with pytest.raises(UserError) as caught:
        resolved(read(text))
    assert what in caught.value.what
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("[experiments.tsne]\nperplexity = 0\n", "experiments.tsne.perplexity = 0 is not valid", "above 0"),
        ("[experiments.tsne.3d]\nsteps = 0\n", "experiments.tsne.3d.steps = 0 is not valid", "at least 1"),
        (
            '[experiments.graph]\ninit = "spectrall"\n',
            'experiments.graph.init = "spectrall" is not valid',
            "use a value that is one of pca, spectral",
        ),
        ("[experiments.graph]\npatience = 2\n", "experiments.graph.patience = 2", "at least 3, or 0 (off)"),
        (
            "[experiments.graph.2d]\nk = 80\n",
            "experiments.graph.2d.k = 80 is not valid for graph-2d",
            "use a value that is at least 2 and below the number of training images (80)",
        ),
        (
            "[experiments.graph]\nk = 60\n",
            "experiments.graph.k = 60 is not valid for graph-seed_0",
            "below the number of training images (50)",
        ),
        (
            "[experiments.graph]\nn_components = 785\n",
            "experiments.graph.n_components = 785 is not valid for graph-2d",
            "at least 1 and at most the number of pixels (784)",
        ),
    ],
)
def test_a_value_that_is_not_valid_is_told_with_those_that_are(read, text, what, remedy):
    with pytest.raises(UserError) as caught:
        resolved(read(text))
    assert caught.value.where.endswith("mine.toml")
    assert what in caught.value.what
    assert remedy in caught.value.remedy


def test_valid_values_at_the_bounds_are_taken(read):
    config = read("[experiments.graph]\npatience = 0\nn_components = 784\n[experiments.graph.2d]\nk = 79\n")
    assert resolved(config)["graph", "2d"] == {"k": 79, "n_components": 784, "init": "pca", "patience": 0}


def test_what_is_declared_may_ask_too_much_of_few_images(read):
    assert resolved(read(""))["graph", "wide"]["k"] == 5_000


def test_a_variants_own_value_is_judged_in_place_of_the_one_for_all(read):
    config = read("[experiments.graph]\nk = 60\n[experiments.graph.seed_0]\nk = 40\n")
    assert resolved(config)["graph", "2d"]["k"] == 60
    assert resolved(config)["graph", "seed_0"]["k"] == 40
