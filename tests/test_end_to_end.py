"""The whole road on the real quick profile: images to site, and what an edit changes of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.record import Results
from tests.project import Project

MADE = ("output", "site_src")


@pytest.fixture
def site(built: Project, tmp_path: Path) -> Project:
    """The same, to edit."""
    return built.copied(tmp_path / "project")


def pages(project: Project) -> dict[str, bytes]:
    return {name: text for name, text in project.contents("output/site").items() if name.endswith(".html")}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Pages that are not the same, as language/section/slug."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name.removeprefix("output/site/").removesuffix("/index.html") for name in names}


def test_every_method_has_its_page_tables_and_figures(built: Project) -> None:
    declared = Results(built.path("output/records")).catalogue.experiments
    slugs = {path.stem for path in built.path("generator/experiments").glob("*.py")} - {"__init__"}
    assert {one.slug for one in declared} == slugs
    with_page = {one.slug for one in declared if not one.parent}
    for language in ("en", "ja"):
        site = built.path(f"output/site/{language}")
        fixed = {"settings", "sample_size", "errors"}
        assert {path.parent.name for path in site.glob("*/*/index.html")} == with_page | fixed
    for one in declared:
        assert bool(list(built.path("output/figures").glob(f"*/{one.slug}/*"))) == bool(one.figures)
    for slug in slugs:
        assert list(built.path("output/tables").glob(f"{slug}-*.csv")), f"{slug} has no table"
    for name in ("maps.csv", "maps.json", "classifiers.csv", "classifiers.json"):
        assert built.path(f"output/tables/{name}").stat().st_size > 0


def test_nothing_to_do_writes_nothing_and_loads_nothing_heavy(site: Project) -> None:
    before = site.stamps(*MADE)
    code = (
        "import sys\nfrom generator.cli import main\nsys.argv[1:] = ['site']\n"
        "try:\n    main()\nfinally:\n    print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), cwd=site.root, env=site.environment(), capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.partition("LOADED")[2].split())
    assert "0 tasks computed, 0 restored, " in done.stdout
    assert "0 failed; 0 files written" in done.stdout
    assert not loaded & {
        "torch",
        "torchvision",
        "umap",
        "openTSNE",
        "sklearn",
        "scipy",
        "matplotlib",
        "numpy",
        "joblib",
    }
    assert not loaded & {"mkdocs", "jinja2", "babel", "rich", "PIL"}
    assert site.stamps(*MADE) == before


def test_comment_runs_nothing_and_changes_only_the_page_that_shows_the_source(site: Project) -> None:
    before = pages(site)
    path = site.path("generator/experiments/tsne.py")
    path.write_text(path.read_text(encoding="utf-8") + "# Said in passing.\n", encoding="utf-8")
    assert site.run("site").counts()[0] == 0
    assert changed(before, pages(site)) == {"en/maps/tsne", "ja/maps/tsne"}


def test_helper_of_a_network_touches_its_page_alone_and_undoing_it_runs_nothing(site: Project) -> None:
    before = pages(site)
    maps = site.stamps("output/records/tsne-2d", "output/figures/en/tsne", "output/figures/en/maps")
    path = site.path("generator/nets/embedder.py")
    original = path.read_text(encoding="utf-8")
    path.write_text(original + "\n\nUNUSED = 1\n", encoding="utf-8")
    ran = site.run("site")
    started = {line.partition(":")[0] for line in ran.out.splitlines() if ": started" in line}
    # The maps of these embeddings are left alone: what they are made from came out the same.
    assert {task.partition("-")[0] for task in started} == {"cnn_embeddings", "noisy_embeddings"}
    assert ran.counts()[0] == len(started)
    after = changed(before, pages(site))
    assert not {page for page in after if "/classifiers" in page or page.endswith(("/data", "/tsne", "/autoencoder"))}
    assert {"en/maps/cnn_embeddings", "ja/maps/cnn_embeddings"} <= after
    assert site.stamps("output/records/tsne-2d", "output/figures/en/tsne", "output/figures/en/maps") == maps
    path.write_text(original, encoding="utf-8")
    computed, restored, _, _ = site.run("site").counts()
    assert (computed, restored) == (0, len(started))
    assert pages(site) == before


@pytest.mark.parametrize("language", ["en", "ja"])
def test_template_changes_one_page(site: Project, language: str) -> None:
    before = pages(site)
    path = site.path(f"templates/pages/maps/umap.{language}.md.j2")
    path.write_text(
        path.read_text(encoding="utf-8").replace("{% block how %}", "{% block how %}\nMore. \n", 1), encoding="utf-8"
    )
    assert site.run("site").counts()[0] == 0
    assert changed(before, pages(site)) == {f"{language}/maps/umap"}


def test_figure_module_redraws_its_figures_and_no_others(site: Project) -> None:
    before = site.stamps("output/figures")

    def touched() -> set[str]:
        after = site.stamps("output/figures")
        return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    path = site.path("generator/report/figures/confusion.py")
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n\nSPARE = 1\n", encoding="utf-8")
    assert re.search(r"drawing \d+ of \d+ figures", site.run("site").out)
    # Drawn again, it is the same picture, and so not even written.
    assert not touched()
    site.edit("generator/report/figures/confusion.py", 'words("predicted class")', 'words("class that was predicted")')
    site.edit(
        "templates/locale/ja/LC_MESSAGES/hikaku.po", 'msgid "predicted class"', 'msgid "class that was predicted"'
    )
    site.run("site")
    assert touched()
    assert all("/confusion" in name for name in touched())


def test_site_built_again_is_the_same_to_the_byte(site: Project) -> None:
    before = site.contents("output/site", "output/tables")
    site.path("output/site").rename(site.path("elsewhere"))
    site.path("output/tables").rename(site.path("elsewhere-too"))
    site.run("site")
    assert site.contents("output/site", "output/tables") == before


def test_raising_experiment_leaves_a_site_that_says_so(site: Project) -> None:
    site.edit(
        "generator/experiments/random_projection.py", "-> Embedding:\n", '-> Embedding:\n    raise OSError("no dice")\n'
    )
    ran = site.run("site", code=1)
    assert ran.counts()[3] == 2  # both variants
    for language, said in (("en", "OSError: no dice"), ("ja", "OSError: no dice")):
        page = site.path(f"output/site/{language}/maps/random_projection/index.html").read_text(encoding="utf-8")
        assert said in page
        other = site.path(f"output/site/{language}/maps/pca/index.html").read_text(encoding="utf-8")
        assert said not in other
    assert "It last succeeded on" in site.path("output/site/en/maps/random_projection/index.html").read_text()


def test_missing_word_and_missing_template_are_one_line_each(site: Project) -> None:
    site.add("novel")
    refused = site.run("site", code=2)
    assert refused.err.startswith("error: templates/locale/ja/LC_MESSAGES/hikaku.po: ")
    assert "'novel'" in refused.err
    assert len(refused.err.splitlines()) == 1
    # Now with words that the catalogue has.
    site.edit("generator/experiments/novel.py", 'title="novel"', 'title="PCA"')
    site.edit(
        "generator/experiments/novel.py",
        "Places images by two of their grey levels",
        "Projects the images on directions drawn at random",
    )
    site.edit("generator/experiments/novel.py", "scale", "n_components")
    refused = site.run("site", code=2)
    assert "templates/pages/maps/novel.en.md.j2" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_articles_scale_on_the_real_images(tmp_path: Path) -> None:
    data = os.environ.get("HIKAKU_DATA")
    if not data:
        pytest.skip("HIKAKU_DATA names no folder with MNIST/raw")
    project = Project.copy(tmp_path / "project")
    project.run("run", "pca-2d", "majority_class", "--profile", "mnist", "--data", data)
    pca, majority = project.record("pca-2d"), project.record("majority_class-default")
    assert pca.arrays["coordinates"].shape == (60_000, 2)
    assert majority.arrays["predictions"].shape == (17_500,)
    # The commonest digit is the 1; A5's stratified quarter has 1,969 of them.
    assert majority.metric("accuracy").value == pytest.approx(0.1125, abs=0.0005)
    assert pca.measures is not None
    assert pca.measures.peak_bytes < 3 * 2**30
