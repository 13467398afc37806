"""What is declared of parameters: ranges that hold, words that are shown, and settings without what only records."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from generator import registry
from generator.bounds import QUANTITIES, fits, quantities, valid
from generator.config import PROFILES, load
from generator.dataset import SPLITS, Images
from generator.engine.plan import Plan, make_plan
from generator.errors import UserError
from generator.fingerprint import CodeIndex, syntax_digest
from generator.layout import PROJECT, Layout
from generator.record import SCHEMA, SIDE, ArrayInfo, Catalogue, DataInfo, Record, Results, encode
from generator.report import i18n
from generator.report.classifiers import n_train, repeats, sizes
from generator.report.labels import param_label, param_text, value_text, variant_title
from generator.schema import profile_schema
from generator.vocabulary import Experiment, Variant
from tests.project import Project

MNIST = DataInfo(
    name="mnist", digest="0", class_names=tuple("0123456789"), n_images=70_000, n_train=60_000, origin="made up"
)


@pytest.fixture(scope="module")
def declarations() -> dict[str, Experiment]:
    return {slug: registry.declare(slug) for slug in registry.slugs(PROJECT)}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("sample", [0, 20, 5_000])
def test_quantities_are_those_of_the_data_that_a_task_is_given(split, sample):
    labels = np.arange(1_797).astype(np.uint8) % 10
    images = Images("x", np.zeros((len(labels), SIDE, SIDE), np.uint8), labels, tuple("0123456789"), n_train=1_438)
    given = images.split(split).sampled(sample)
    info = DataInfo(name="x", digest="", class_names=images.class_names, n_images=1_797, n_train=1_438, origin="")
    assert quantities(info, split, sample) == {
        "n_train": len(given.train),
        "n_test": len(given.test),
        "n_pixels": given.train.flat().shape[1],
        "n_classes": given.n_classes,
    }


def test_the_words_of_a_declaration_load_nothing_heavy():
    """The report reads them as well."""
    loaded = "import sys, generator.vocabulary; print(*{name.partition('.')[0] for name in sys.modules})"
    words = subprocess.run((sys.executable, "-c", loaded), cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "msgspec" in words.stdout.split()
    assert not {"numpy", "scipy", "sklearn", "torch", "matplotlib"} & set(words.stdout.split())


def test_what_is_declared_is_what_is_stored_and_read(declarations, plan, tmp_path):
    (tmp_path / "catalogue.json").write_bytes(encode(plan.catalogue))
    read = Results(tmp_path).catalogue
    assert {one.slug: one for one in read.experiments} == declarations
    assert read == plan.catalogue


def test_members_of_a_series_are_not_compared():
    assert Variant("2d").compared
    assert not Variant("seed_0", series="seed").compared


def test_every_parameter_says_which_values_are_valid(declarations):
    for one in declarations.values():
        for param in one.params:
            assert param.type == "bool" or valid(param), f"{one.slug}.{param.name}"
            assert bool(param.choices) == (param.type == "str"), f"{one.slug}.{param.name}"


def test_defaults_and_variants_are_valid_at_the_articles_scale(declarations):
    for one in declarations.values():
        for variant in one.variants:
            known = quantities(MNIST, variant.split, variant.sample)
            for param in one.params:
                value = variant.params.get(param.name, param.default)
                assert fits(param, value, known), f"{one.slug}-{variant.name}: {param.name} = {value}"


def test_values_that_computed_nothing_are_not_valid(declarations):
    for one in declarations.values():
        for param in one.params:
            if param.name in {"epochs", "batch_size", "n_components", "perplexity", "learning_rate", "hidden", "k"}:
                assert not fits(param, 0), f"{one.slug}.{param.name}"
            assert param.type == "bool" or not fits(param, "spectrall" if param.type == "str" else -1)


def test_bounds_name_quantities_there_are(declarations):
    named = {
        bound
        for one in declarations.values()
        for param in one.params
        for bound in (param.above, param.at_least, param.below, param.at_most)
        if isinstance(bound, str)
    }
    assert named
    assert named <= QUANTITIES.keys()


PLUG_IN = """
from dataclasses import dataclass
from generator.vocabulary import Experiment, Variant, param

@dataclass(frozen=True)
class Params:
    {param}

experiment = Experiment(
    title="X", summary="Does nothing", section="maps", task="embedding", order=1,
    variants=(Variant("2d", "Two dimensions", {variant}),), figures=(),
)

def run(dataset, params, seed, inputs): ...
"""


@pytest.fixture
def refusal(tmp_path, monkeypatch):
    """What is said of a plug-in of some text when its declaration is read."""

    def refusal(text: str) -> UserError:
        (tmp_path / "odd.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(registry, "module_name", lambda slug: slug)
        monkeypatch.delitem(sys.modules, "odd", raising=False)
        with pytest.raises(UserError) as caught:
            registry.declare("odd")
        assert caught.value.where == "odd.py"
        return caught.value

    return refusal


@pytest.mark.parametrize(
    ("param", "variant", "message"),
    [
        (
            'k: int = param(0, unit="1", at_least=1)',
            "{}",
            "parameter k: the default 0 is not valid; use a value that is",
        ),
        (
            'k: int = param(3, unit="1", below=5)',
            '{"k": 5}',
            "variant 2d: k = 5 is not valid; use a value that is below 5",
        ),
        (
            'init: str = param("pca", unit="1", choices=("pca", "random"))',
            '{"init": "rnd"}',
            "variant 2d: init = 'rnd' is not valid; use a value that is one of pca, random",
        ),
        ('k: int = param(3, unit="1")', '{"n": 5}', "variant 2d sets n, which is no parameter; use one of k"),
        (
            'k: int = param(3, unit="1", below="n")',
            "{}",
            "bounded by 'n', which is no quantity of the data; use a number",
        ),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(param, variant, message, refusal):
    assert message in str(refusal(PLUG_IN.format(param=param, variant=variant)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("class Params", "class Settings", "no dataclass `Params`; define one"),
        ('section="maps"', 'section="map"', "`experiment` is not valid (Invalid enum value 'map' - at `$.section`)"),
        ("{}),)", "{}))", "`experiment` is not valid (Expected `array`, got `object` - at `$.variants`)"),
        ("{}),)", '{}), Variant("2d"))', "2 variants are called 2d; give each a name of its own"),
        ("def run", "def walk", "no function `run`; define run(dataset, params, seed, inputs)"),
        ("experiment =", "declared =", "no `experiment = Experiment(...)` at module level; declare one, as in pca.py"),
        ('param(3, unit="1")', "3", "parameter k has no unit or no plain default; write it as `name: type = param("),
    ],
)
def test_a_declaration_that_is_not_whole_is_refused(old, new, message, refusal):
    text = PLUG_IN.format(param='k: int = param(3, unit="1")', variant="{}")
    assert old in text
    assert message in str(refusal(text.replace(old, new)))


def test_what_is_said_of_a_parameter_changes_no_code():
    """But its default does, and the declaration is read anew."""
    old, said, other = (
        f"class Params:\n    k: int = param({given})\n"
        for given in ('3, unit="1"', '3, unit="1", label="x", below=9', "4")
    )
    assert syntax_digest(old, drop="experiment") == syntax_digest(said, drop="experiment")
    assert syntax_digest(old, drop="experiment") != syntax_digest(other, drop="experiment")
    assert syntax_digest(old, drop=None) != syntax_digest(said, drop=None)


def complaints(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """What a JSON value gets wrong by the few words of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    found = []
    types = {"object": dict, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
    if "type" in schema and not isinstance(value, types[schema["type"]]):
        return [f"{at} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at} is not {schema['const']}")
    if "anyOf" in schema and all(complaints(value, one, root, at) for one in schema["anyOf"]):
        found.append(f"{at} is none of what it may be")
    beyond = {
        "minimum": lambda bound: value < bound,
        "exclusiveMinimum": lambda bound: value <= bound,
        "maximum": lambda bound: value > bound,
        "exclusiveMaximum": lambda bound: value >= bound,
    }
    found += [f"{at}: {word}" for word, is_beyond in beyond.items() if word in schema and is_beyond(schema[word])]
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key in schema["properties"]:
            found += complaints(inner, schema["properties"][key], root, f"{at}.{key}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{at}.{key} is unknown")
    return found


def test_the_schema_takes_the_built_in_profiles_and_refuses_what_the_program_does(declarations):
    schema = profile_schema(tuple(declarations.values()))

    def said(text: str) -> list[str]:
        return complaints(tomllib.loads(text), schema, schema)

    for path in PROFILES.glob("*.toml"):
        assert said(path.read_text(encoding="utf-8")) == []
    assert said('[experiments.tsne]\ninit = "spectrall"\n') != []
    assert said("[experiments.tsne.2d]\nperplexity = 0\n") == [".experiments.tsne.2d.perplexity: minimum"]
    assert said("[experiments.mlp]\nmax_iter = 3\n") == [".experiments.mlp.max_iter is unknown"]
    assert said("[run]\nthreads = 0\n") == [".run.threads: minimum"]
    assert said('name = "x"\n') == [".name is unknown"]
    assert said("[experiments.cross_validation]\nn_images = 0\n") == []
    assert said("[experiments.cross_validation]\nn_images = 5\n") != []


@pytest.fixture(scope="module")
def plan(declarations) -> Plan:
    """Of MNIST, as declared."""
    return make_plan(load("mnist"), declarations.values(), MNIST, CodeIndex(PROJECT, None))


def computed(folder: Path, catalogue: Catalogue) -> Results:
    """Results of every classification, which hold no more than who was tested."""
    (folder / "catalogue.json").write_bytes(msgspec.json.encode(catalogue))
    for task in catalogue.tasks:
        n_test = quantities(MNIST, task.split, task.sample)["n_test"]
        arrays = {name: ArrayInfo((n_test,), "uint8", "") for name in ("index", "predictions")}
        if catalogue.experiment(task.experiment).task == "classification":
            (folder / task.id).mkdir()
            record = Record(schema=SCHEMA, task=task, arrays=arrays)
            (folder / task.id / "record.json").write_bytes(msgspec.json.encode(record))
    return Results(folder)


@pytest.mark.parametrize("slug", ["cnn", "dense_network"])
def test_what_only_records_parts_no_repeats_and_no_sizes(slug, plan, tmp_path):
    results = computed(tmp_path, plan.catalogue)
    tasks = {task.id: task for task in results.catalogue.tasks}
    for variant, series in (("published", "seed"), ("tuned", "tuned_seed")):
        found = [one.task.id for one in repeats(results, tasks[f"{slug}-{variant}"])]
        assert found == [f"{slug}-{variant}", *(f"{slug}-{series}_{i}" for i in range(1, 5))]
    assert [n_train(results, one) for one in sizes(results, slug)] == [700, 2_100, 7_000, 21_000, 52_500]
    assert sizes(results, slug)[-1].task.id == f"{slug}-tuned"


def test_those_of_other_inputs_are_no_repeats(plan):
    """Maps of trained and of random weights have the same parameters."""
    catalogue = plan.catalogue
    tasks = {task.id: task for task in catalogue.tasks}
    trained, random = (tasks[f"noisy_maps-tsne2_{weights}_published"] for weights in ("trained", "random"))
    assert trained.params == random.params
    assert catalogue.setting(trained) != catalogue.setting(random)


def test_series_are_named_by_settings_alone(plan):
    words, catalogue = i18n.load(Layout(), "en"), plan.catalogue
    titles = {task.id: variant_title(words, catalogue, task).replace(i18n.NO_BREAK, " ") for task in catalogue.tasks}
    assert titles["autoencoder-latent_2"] == "latent dimensions 2"
    assert titles["umap-grid_15_10"] == "number of neighbours 15, minimum distance 0.1"
    assert titles["tsne-start_pca"] == "initialisation PCA"
    assert titles["softmax_regression-seed_3"] == "seed 3"
    assert titles["cnn-size_700"] == "700 training images"


def test_repeats_of_two_settings_are_told_by_the_setting(plan):
    for code, published, tuned in (
        ("en", "Article's settings, seed 3", "Tuned, seed 3"),
        ("ja", "記事の設定、乱数シード3", "調整済み、乱数シード3"),
    ):
        words = i18n.load(Layout(), code)
        titles = {task.id: variant_title(words, plan.catalogue, task) for task in plan.catalogue.tasks}
        assert titles["cnn-seed_3"] == published
        assert titles["cnn-tuned_seed_3"] == tuned


def test_a_sample_of_more_images_than_there_are_is_called_all_of_them(plan):
    data = msgspec.structs.replace(plan.catalogue.data, n_images=1_797, n_train=1_347)
    catalogue = msgspec.structs.replace(plan.catalogue, data=data)
    tasks = {task.id: task for task in catalogue.tasks}
    words = i18n.load(Layout(), "en")
    assert variant_title(words, catalogue, tasks["svc-size_700"]) == "700 training images"
    assert variant_title(words, catalogue, tasks["svc-size_7000"]) == "all 1,347 training images, fewer than 7,000"


@pytest.mark.parametrize(
    ("slug", "name", "value", "english", "japanese"),
    [
        ("mlp", "batch_size", 200, "batch size 200 images", "バッチサイズ 200枚"),
        ("mlp", "epochs", 20, "epochs 20", "エポック 20"),
        ("mlp", "early_stopping", True, "early stopping on", "早期終了 あり"),
        ("softmax_regression", "patience", 0, "early-stopping patience off", "早期終了までの猶予 なし"),
        ("softmax_regression", "patience", 10, "early-stopping patience 10 epochs", "早期終了までの猶予 10エポック"),
        ("cross_validation", "n_images", 0, "number of images all", "枚数 すべて"),
        ("tsne", "perplexity", 30.0, "perplexity 30", "perplexity 30"),
        ("tsne", "init", "pca", "initialisation (init) PCA", "初期値（init） PCA"),
        ("umap", "n_neighbors", 15, "number of neighbours (n_neighbors) 15", "近傍数（n_neighbors） 15"),
        ("svc", "c", 2.0, "inverse regularisation strength (C) 2", "正則化の強さの逆数（C） 2"),
    ],
)
def test_parameters_as_readers_see_them(slug, name, value, english, japanese, declarations):
    param = next(one for one in declarations[slug].params if one.name == name)
    for code, text in (("en", english), ("ja", japanese)):
        words = i18n.load(Layout(), code)
        said = f"{param_label(words, param)} {param_text(words, param, value)}"
        assert said.replace(i18n.NO_BREAK, " ") == text


def test_every_choice_has_words(declarations):
    """Names of the source code are no words: what a page prints has another spelling, or is in the catalogue."""
    words = i18n.load(Layout(), "ja")
    for choice in {choice for one in declarations.values() for param in one.params for choice in param.choices}:
        assert value_text(words, choice) != choice or choice in words.messages


def test_the_list_shows_what_is_valid():
    said = Project(PROJECT).run("list").out
    assert "    init = pca (one of pca, random, spectral)\n" in said
    assert "    n_neighbors = 15 (at least 2 and below the number of training images)\n" in said
    assert "    patience = 10 epochs (at least 1, or 0 (off))\n" in said


def test_the_schema_is_printed(declarations):
    assert json.loads(Project(PROJECT).run("schema").out) == profile_schema(tuple(declarations.values()))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A few experiments, one of which has a result."""
    slugs = ("umap", "tsne", "neighbours", "mlp", "pca")
    project = Project.copy(tmp_path_factory.mktemp("small") / "project", experiments=slugs)
    project.run("run", "pca-2d")
    return project


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        (
            "umap",
            "n_neighbors = 2000",
            "experiments.umap.n_neighbors = 2000 is not valid for umap-2d; "
            "use a value that is at least 2 and below the number of training images (1,438)",
        ),
        (
            "tsne.2d",
            "perplexity = 0",
            "experiments.tsne.2d.perplexity = 0 is not valid; use a value that is at least 1",
        ),
        ("mlp", "epochs = 0", "experiments.mlp.epochs = 0 is not valid; use a value that is at least 1"),
        ("mlp", "batch_size = 0", "experiments.mlp.batch_size = 0 is not valid; use a value that is at least 1"),
        (
            "pca",
            "n_components = 0",
            "experiments.pca.n_components = 0 is not valid; use a value that is at least 1 and at most",
        ),
        (
            "umap",
            'init = "spectrall"',
            'experiments.umap.init = "spectrall" is not valid; use a value that is one of random, pca, spectral',
        ),
        (
            "mlp",
            "max_iter = 100",
            "unknown key experiments.mlp.max_iter; valid here: hidden, epochs, batch_size, alpha,",
        ),
    ],
)
def test_a_wrong_value_is_one_line_before_anything_runs(table, line, said, small: Project) -> None:
    small.path("mine.toml").write_text(f"[experiments.{table}]\n{line}\n", encoding="utf-8")
    before = small.contents("output/records")
    for command in ("explain", "site"):
        refused = small.run(command, "--profile", "mine.toml", code=2)
        assert refused.err.startswith(f"error: mine.toml: {said}")
        assert len(refused.err.splitlines()) == 1
        assert "computed" not in refused.out
    assert before
    assert small.contents("output/records") == before
