"""Figures: what is drawn, when, and whether it can be read."""

import importlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from generator.errors import UserError
from generator.files import digest_file, stamp
from generator.fingerprint import CodeIndex
from generator.layout import PROJECT, Layout
from generator.manifest import Manifest
from generator.record import Results
from generator.report import i18n
from generator.report.figures import scatter, style
from generator.report.figures.classifiers_cost import place_labels
from generator.report.figures.digit_map import mosaic, nearest_per_cell
from generator.report.figures.draw import Drawn, draw_all, figure_modules
from tests.records import fake_results
from tests.sites import lend_words

Figures = dict[tuple[str, str, str], Drawn]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Results of some experiments, one of them failed and others never run, with all their figures drawn."""
    made = Layout(tmp_path_factory.mktemp("project") / "root")
    never_run = ["cnn-published", "random_projection-2d", "logistic_regression-default", "softmax_regression-published"]
    fake_results(made.records, failed=["umap-2d"], missing=never_run)
    draw(made)
    return made


@pytest.fixture
def twin(layout: Layout, tmp_path: Path) -> Layout:
    """The same once more, to be changed at will: copied with its times, so that all is as fresh as it was."""
    shutil.copytree(layout.root, tmp_path / "root")
    return Layout(tmp_path / "root")


def draw(layout: Layout, said: list[str] | None = None, **changed: i18n.Words) -> Figures:
    """Bring the figures of synthetic results up to date, with the project's own code and words."""
    results = Results(layout.records)
    catalogue = layout.root / "ja.po"
    shutil.copy(PROJECT / "templates/locale/ja/LC_MESSAGES/hikaku.po", catalogue)
    lend_words(catalogue, results)
    place = layout.templates / "locale/ja/LC_MESSAGES/hikaku.po"
    place.parent.mkdir(parents=True, exist_ok=True)
    catalogue.replace(place)
    words = {language.code: i18n.load(layout, language.code) for language in i18n.LANGUAGES} | changed
    manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
    code = CodeIndex(PROJECT, layout.cache)
    drawn = draw_all(results, layout, code, manifest, words, 2, (said if said is not None else []).append)
    manifest.save()
    return drawn


def digests(layout: Layout) -> dict[str, str]:
    return {
        path.relative_to(layout.figures).as_posix(): digest_file(path)
        for path in sorted(layout.figures.rglob("*"))
        if path.is_file()
    }


def test_every_declared_figure_of_every_result_is_drawn_in_every_language(layout: Layout) -> None:
    drawn = draw(layout)
    results = Results(layout.records)
    for language in i18n.LANGUAGES:
        for declaration in results.catalogue.experiments:
            for variant, record in results.of(declaration.slug).items():
                suffix = "" if variant == declaration.variants[0].name else f"-{variant}"
                for figure in declaration.figures:
                    flat_only = figure in ("digit_map", "components") and variant == "3d"
                    expected = record.failure is None and not flat_only
                    assert ((language.code, declaration.slug, figure + suffix) in drawn) == expected
        for subject, figure in (
            ("data", "first_digits"),
            ("data", "class_counts"),
            ("maps", "maps_side_by_side"),
            ("maps", "maps_quality"),
            ("classifiers", "classifiers_accuracy"),
            ("classifiers", "classifiers_cost"),
        ):
            assert (language.code, subject, figure) in drawn
    assert not any(subject in ("umap", "cnn") for _, subject, _ in drawn)
    assert ("en", "pca", "scatter-3d") in drawn


def test_what_pages_are_told_is_true_of_the_files(layout: Layout) -> None:
    for (language, subject, name), figure in draw(layout).items():
        assert (figure.subject, figure.name) == (subject, name)
        assert figure.width > 0
        assert figure.height > 0
        assert figure.alt
        assert figure.caption
        for path in (figure.light, figure.dark):
            assert (layout.figures / path).stat().st_size > 0
            assert path.split("/")[0] in (language, "all")


def test_pictures_without_words_are_shared_and_described_in_each_language(layout: Layout) -> None:
    drawn = draw(layout)
    english, japanese = drawn["en", "tsne", "digit_map"], drawn["ja", "tsne", "digit_map"]
    assert english.light == english.dark == japanese.light
    assert "mosaic" in english.alt
    assert "埋め込み" in japanese.alt


def test_alt_text_gives_the_records_numbers(layout: Layout) -> None:
    record = Results(layout.records).records["tsne-2d"]
    assert f"{record.metric('trustworthiness').value:.3f}" in draw(layout)["en", "tsne", "scatter"].alt


def test_a_second_time_nothing_is_drawn_nor_imported(layout: Layout) -> None:
    draw(layout)
    before = {path: stamp(path) for path in layout.figures.rglob("*")}
    said: list[str] = []
    draw(layout, said)
    assert said == []
    assert before == {path: stamp(path) for path in layout.figures.rglob("*")}
    program = f"""
import sys
from pathlib import Path
from generator.fingerprint import CodeIndex
from generator.layout import PROJECT, Layout
from generator.manifest import Manifest
from generator.record import Results
from generator.report import i18n
from generator.report.figures.draw import draw_all
layout = Layout(Path({str(layout.root)!r}))
words = {{one.code: i18n.load(layout, one.code) for one in i18n.LANGUAGES}}
manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
assert draw_all(Results(layout.records), layout, CodeIndex(PROJECT, layout.cache), manifest, words, 1, print)
sys.exit(", ".join({{"numpy", "matplotlib", "PIL"}} & set(sys.modules)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bytes_repeat_and_equal_files_are_left_alone(twin: Layout) -> None:
    before = digests(twin)
    lost, kept = twin.figures / "en/tsne/scatter-light.webp", twin.figures / "en/tsne/scatter-dark.webp"
    time_kept = stamp(kept)
    lost.unlink()
    (twin.figures / "ja/data/class_counts-light.svg").unlink()
    draw(twin)
    assert digests(twin) == before
    assert stamp(kept) == time_kept


def test_a_new_record_redraws_its_own_figures_and_its_sections(twin: Layout) -> None:
    path = twin.records / "tsne-2d" / "record.json"
    record = Results(twin.records).records["tsne-2d"]
    path.write_bytes(path.read_bytes().replace(record.provenance.key.encode(), b"0" * 64))  # type: ignore[union-attr]
    said: list[str] = []
    draw(twin, said)
    # The scatter and the two comparisons in each language, and the mosaic once.
    assert said[0].startswith(f"drawing {3 * len(i18n.LANGUAGES) + 1} of ")


def test_figures_of_a_lost_result_are_removed(twin: Layout) -> None:
    (twin.records / "tsne-2d" / "record.json").unlink()
    drawn = draw(twin)
    assert not any(subject == "tsne" for _, subject, _ in drawn)
    assert not list(twin.figures.glob("*/tsne"))


def test_an_unknown_figure_names_the_nearest(twin: Layout) -> None:
    path = twin.records / "catalogue.json"
    path.write_bytes(path.read_bytes().replace(b'"digit_map"', b'"digits_map"'))
    with pytest.raises(UserError, match="did you mean 'digit_map'"):
        draw(twin)


def test_a_missing_glyph_is_an_error(layout: Layout, tmp_path: Path) -> None:
    results = Results(layout.records)
    record = results.records["tsne-2d"]
    picture = scatter.draw(results, record, i18n.Words("en"))
    assert picture is not None

    def with_thai(theme: style.Theme) -> object:
        figure = picture.render(theme)
        figure.suptitle("\u0e01")  # type: ignore[union-attr]
        return figure

    with pytest.raises(UserWarning, match="Glyph"):
        style.save(replace(picture, render=with_thai), tmp_path / "scatter", "ja")  # type: ignore[arg-type]


def every_picture(layout: Layout, code: str) -> Iterator[tuple[str, style.Picture]]:
    """Every figure of every result by its name, drawn in one language."""
    results, words = Results(layout.records), i18n.load(layout, code)
    for name, module in figure_modules(CodeIndex(PROJECT, layout.cache)).items():
        draw_it = importlib.import_module(module.module).draw
        shown: list[tuple[str, tuple[Any, ...]]]
        if module.subject == "experiment":
            shown = [
                (task, (results, record, words))
                for task, record in results.records.items()
                if name in results.catalogue.experiment(record.task.experiment).figures
            ]
        else:
            shown = [(module.subject, (results, words))]
        for subject, arguments in shown:
            picture = draw_it(*arguments)
            if picture is not None:
                yield f"{code} {subject} {name}", picture


@pytest.mark.parametrize("code", [one.code for one in i18n.LANGUAGES])
def test_no_text_leaves_its_figure_and_nothing_is_logged(
    finished: Layout, code: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left = {}
    for name, picture in every_picture(finished, code):

        def checked(theme: style.Theme, name: str = name, picture: style.Picture = picture) -> np.ndarray:
            drawing = picture.render(theme)
            if isinstance(drawing, Figure):
                style.settle(drawing)
                for text in drawing.findobj(Text):
                    text.set_in_layout(True)
                box, (width, height) = drawing.get_tightbbox(), drawing.get_size_inches()
                outside = max(-box.x0, -box.y0, box.x1 - width, box.y1 - height)
                if outside > 0.01:  # inches
                    left[name] = outside
            return np.zeros((1, 1, 3), np.uint8)  # an image is saved once, and at once

        style.save(replace(picture, render=checked), tmp_path / "one", code)
    assert left == {}
    assert [record.getMessage() for record in caplog.records] == []


def test_labels_of_near_points_stay_apart_and_inside() -> None:
    figure, axes = style.new_figure(4.6)
    panel = axes[0, 0]
    panel.set(xlim=(0, 10), ylim=(0, 10))
    style.settle(figure)
    points = [(9.5, 9.5), (9.3, 9.0), (9.6, 5), (0.1, 5), (0.1, 0.2), (9.9, 0.1)]
    place_labels(panel, points, ["a label that is as long as the longest"] * len(points), style.LIGHT)
    boxes = [text.get_window_extent() for text in panel.texts]
    assert len(boxes) == len(points)
    frame = panel.get_window_extent()
    for place, box in enumerate(boxes):
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_every_figure_module_is_found() -> None:
    modules = figure_modules(CodeIndex(PROJECT, PROJECT / "output" / "cache"))
    folder = PROJECT / "generator" / "report" / "figures"
    plumbing = {"__init__", "draw", "style"}
    assert set(modules) == {path.stem for path in folder.glob("*.py")} - plumbing
    assert {one.subject for one in modules.values()} == {"experiment", "maps", "classifiers", "data"}


@pytest.mark.parametrize("theme", style.THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read_on_its_page(theme: style.Theme) -> None:
    for colour in (theme.ink, theme.quiet):
        assert style.contrast(to_rgb(colour), to_rgb(theme.paper)) >= 4.5


def test_nearest_per_cell_by_hand() -> None:
    """Two by two cells over [0, 4] x [0, 2]: centres at x = 1, 3 and y = 0.5, 1.5."""
    coordinates = np.array(
        [
            [0, 0],  # lower left: far from the centre (1, 0.5)
            [1.2, 0.5],  # lower left: 0.1 cells away
            [1, 0.65],  # lower left: nearer in map units, but 0.15 cells away
            [4, 2],  # upper right: on the far edge, which is part of the last cell
            [0.5, 1.5],  # upper left
        ],
        dtype=np.float32,
    )
    np.testing.assert_array_equal(nearest_per_cell(coordinates, 2), [[4, 3], [1, -1]])


def test_nearest_per_cell_takes_the_first_of_equals_and_bears_a_single_place() -> None:
    np.testing.assert_array_equal(nearest_per_cell(np.zeros((3, 2)), 2), [[-1, -1], [0, -1]])


def test_nearest_per_cell_agrees_with_trying_every_point() -> None:
    coordinates = np.random.default_rng(1).normal(size=(500, 2)) * [30, 0.2]
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    scaled = (coordinates - low) / (high - low) * 8
    chosen = nearest_per_cell(coordinates, 8)
    for row in range(8):
        for column in range(8):
            corner = np.array([column, 7 - row])
            inside = [
                i for i, point in enumerate(scaled) if (np.minimum(np.floor(point).astype(int), 7) == corner).all()
            ]
            best = min(inside, key=lambda i: float(((scaled[i] - corner - 0.5) ** 2).sum()), default=-1)
            assert chosen[row, column] == best


def test_nearest_per_cell_is_fast() -> None:
    coordinates = np.random.default_rng(0).normal(size=(60_000, 2))
    start = time.process_time()
    nearest_per_cell(coordinates, 50)
    assert time.process_time() - start < 1


def test_mosaic_leaves_empty_cells_dark() -> None:
    images = np.full((1, 2, 28, 28), 255, dtype=np.uint8)
    painted = mosaic(np.array([[0, -1]]), images, np.array([[1, 1]]))
    assert painted.shape == (28, 56, 3)
    assert painted[:, :28].min() > painted[:, 28:].max()


def test_class_names_are_pushed_apart() -> None:
    places = scatter.apart(np.array([[0, 0], [0, 0], [0.1, 0], [5, 5]]), gap=1.0)
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2)) + 9 * np.eye(4)
    assert distance.min() > 0.95
    np.testing.assert_array_equal(places[3], [5, 5])
