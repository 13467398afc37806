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
from generator.report.figures import (
    classifiers_accuracy,
    classifiers_published,
    maps_stability,
    mistakes,
    scatter,
    style,
    telling_mistake,
    traversal,
)
from generator.report.figures import draw as drawing
from generator.report.figures.classifiers_cost import place_labels
from generator.report.figures.digit_map import mosaic, nearest_per_cell
from generator.report.figures.digit_map_dense import counts, densest_window
from generator.report.figures.digit_map_parts import part_of
from generator.report.figures.draw import Drawn, draw_all, figure_modules
from generator.report.figures.noisy_2d import marks
from generator.report.figures.reconstructions import first_of_each
from tests.records import fake_results, task_ids

Figures = dict[tuple[str, str, str], Drawn]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Results of some experiments, one of them failed and others never run, with all their figures drawn."""
    made = Layout(tmp_path_factory.mktemp("project") / "root")
    never_run = ["logistic_regression-published", "softmax_regression-published", "softmax_regression-endless"]
    never_run += [one for one in task_ids() if one.startswith("cnn-")]
    never_run += ["random_projection-2d", "random_projection-shuffled"]
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
    place = layout.templates / "locale/ja/LC_MESSAGES/hikaku.po"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "templates/locale/ja/LC_MESSAGES/hikaku.po", place)
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


#: Figures that some variants have nothing for.
NOT_OF_ALL = ("digit_map", "digit_map_dense", "components", "six_views", "traversal", "noisy_2d", "noisy_3d")


def test_every_declared_figure_of_every_result_is_drawn_in_every_language(layout: Layout) -> None:
    drawn = draw(layout)
    results = Results(layout.records)
    modules = figure_modules(CodeIndex(PROJECT, layout.cache))
    wanted: dict[tuple[str, str], bool] = {}
    for declaration in results.catalogue.experiments:
        for figure in declaration.figures:
            if modules[figure].subject == "method":
                wanted[declaration.slug, figure] = True
                continue
            for variant in declaration.variants:
                record = results.of(declaration.slug).get(variant.name)
                name = figure if variant == declaration.variants[0] else f"{figure}-{variant.name}"
                done = record is not None and record.failure is None and not variant.series
                for part in range(1, modules[figure].parts + 1):
                    wanted[declaration.slug, f"{name}-{part}"] = done
                if not modules[figure].parts:
                    wanted[declaration.slug, name] = done
    wanted |= {
        (one.subject, one.name): True for one in modules.values() if one.subject in ("data", "maps", "classifiers")
    }
    for language in i18n.LANGUAGES:
        there = {(subject, name) for code, subject, name in drawn if code == language.code}
        assert there <= {one for one, done in wanted.items() if done}
        missing = {one for one, done in wanted.items() if done} - there
        assert {name.partition("-")[0] for _, name in missing} <= set(NOT_OF_ALL)
        for name in ("2d", "3d", "vae"):
            flat = name != "3d"
            suffix = "" if name == "2d" else f"-{name}"
            for figure in ("digit_map", "traversal"):
                assert (("autoencoder", figure + suffix) in there) == flat
            assert (("autoencoder", "six_views" + suffix) in there) != flat
    assert not any(subject in ("umap", "cnn") for _, subject, _ in drawn)
    assert ("en", "pca", "scatter-3d") in drawn
    assert ("en", "noisy_maps", "noisy_3d-tsne3_random_distinct") in drawn


def test_parts_have_a_number_each(layout: Layout) -> None:
    drawn = draw(layout)
    parts = {name for code, subject, name in drawn if (code, subject) == ("ja", "tsne") and "parts" in name}
    assert parts == {f"digit_map_parts-{part}" for part in range(1, 10)}


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
    path = twin.records / "softmax_regression-sound" / "record.json"
    record = Results(twin.records).records["softmax_regression-sound"]
    path.write_bytes(path.read_bytes().replace(record.provenance.key.encode(), b"0" * 64))  # type: ignore[union-attr]
    said: list[str] = []
    draw(twin, said)
    # In each language five of the method's own and six of the section; mistakes, weights and hardest images once,
    # without words.
    assert said[0].startswith(f"drawing {11 * len(i18n.LANGUAGES) + 3} of ")


def test_a_word_redraws_the_figures_that_say_it(twin: Layout) -> None:
    words = i18n.load(twin, "ja")
    said: list[str] = []
    draw(twin, said, ja=replace(words, messages={**words.messages, "a word of no figure": "無"}))
    assert said == []
    draw(twin, said, ja=replace(words, messages={**words.messages, "position along the roll (arc length)": "位置"}))
    assert said[0].startswith("drawing 1 of ")


def test_figures_of_a_lost_result_are_removed(twin: Layout) -> None:
    (twin.records / "softmax_regression-sound" / "record.json").unlink()
    drawn = draw(twin)
    assert not any(subject == "softmax_regression" for _, subject, _ in drawn)
    assert not list(twin.figures.glob("*/softmax_regression"))


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
        declarations = [one for one in results.catalogue.experiments if name in one.figures]
        shown: list[tuple[str, tuple[Any, ...]]]
        if module.subject == "experiment":
            shown = [
                (record.task.id, (results, record, words))
                for one in declarations
                for record in results.of(one.slug).values()
                if not results.catalogue.variant(record.task).series
            ]
        elif module.subject == "method":
            shown = [(one.slug, (results, one.slug, words)) for one in declarations]
        else:
            shown = [(module.subject, (results, words))]
        for subject, arguments in shown:
            for part in range(1, module.parts + 1) or (0,):
                picture = draw_it(*arguments, **({"part": part} if part else {}))
                if picture is not None:
                    yield f"{code} {subject} {name} {part}", picture


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
    plumbing = {"__init__", "draw", "multiples", "style"}
    assert set(modules) == {path.stem for path in folder.glob("*.py")} - plumbing
    assert {one.subject for one in modules.values()} == {"experiment", "method", "maps", "classifiers", "data"}


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


def test_nearest_per_cell_of_a_rectangle_by_hand() -> None:
    """Two by two cells over [1, 3] x [0, 2], whose edges belong to it."""
    rectangle = np.array([[1, 0], [3, 2]])
    coordinates = np.array(
        [
            [0.99, 0.5],  # just outside
            [1, 0.5],  # on the near edge
            [2, 1],  # where four cells meet: upper right
            [3, 2],  # the far corner, further from that cell's centre by rounding only: the first of equals stays
            [1.5, 2.01],  # just outside
        ]
    )
    np.testing.assert_array_equal(nearest_per_cell(coordinates, 2, rectangle), [[-1, 2], [1, -1]])
    assert (nearest_per_cell(coordinates, 3, rectangle + 100) == -1).all()


def test_densest_window_by_hand() -> None:
    """A map of 90 x 90, so that the window moves by whole numbers."""
    corners = np.array([[0, 0], [90, 90]])
    crowd = np.array([[50.5, 20.5], [79.5, 49.5], [60, 30]])
    low, high = densest_window(np.concatenate([corners, crowd]))
    np.testing.assert_allclose(low, [50, 20])
    np.testing.assert_allclose(high, [80, 50])


@pytest.mark.parametrize("shape", [(1, 2), (7, 2)])
def test_densest_window_bears_a_single_place(shape: tuple[int, int]) -> None:
    low, high = densest_window(np.full(shape, 3.0))
    assert (low <= 3).all()
    assert (high >= 3).all()


def test_densest_window_is_no_emptier_than_any_of_the_nine_parts() -> None:
    coordinates = np.random.default_rng(2).normal(size=(5000, 2)).astype(np.float32) * [30, 0.2]
    most = max(counts(coordinates, part_of(coordinates, part), 15)[1] for part in range(1, 10))
    assert counts(coordinates, densest_window(coordinates), 15)[1] >= most


def test_parts_cover_the_map_and_are_read_by_rows() -> None:
    coordinates = np.random.default_rng(3).normal(size=(1000, 2)).astype(np.float32)
    held = [counts(coordinates, part_of(coordinates, part), 25)[1] for part in range(1, 10)]
    assert sum(held) == 1000  # the outermost points too
    top_left = part_of(coordinates, 1)
    assert top_left[0, 0] == coordinates[:, 0].min()
    assert top_left[1, 1] == coordinates[:, 1].max()
    lower_right = part_of(coordinates, 9)
    assert lower_right[1, 0] == coordinates[:, 0].max()
    assert lower_right[0, 1] == coordinates[:, 1].min()


def test_first_of_each_class() -> None:
    np.testing.assert_array_equal(first_of_each(np.array([1, 0, 1, 1]), 3, 2), [[1, 0, -1], [-1, 2, -1]])


def test_noise_keeps_its_own_mark_and_digits_the_predicted_class(layout: Layout) -> None:
    results = Results(layout.records)
    for task, coloured_by in (("trained_published", "predicted"), ("random_published", "labels")):
        record = results.records[f"noisy_maps-tsne2_{task}"]
        labels = results.array(record.task.id, "labels")
        drawn = marks(results, record)
        np.testing.assert_array_equal(drawn == 10, labels == 10)
        wanted = results.array(record.task.id, coloured_by)
        np.testing.assert_array_equal(drawn[labels < 10], wanted[labels < 10])


@pytest.mark.parametrize(
    ("text", "ems", "lines"),
    [
        ("short", 9, ["short"]),
        ("recall of the 15 nearest neighbours", 8, ["recall of the", "15 nearest", "neighbours"]),
        ("PCA: two dimensions", 10, ["PCA:", "two dimensions"]),
        ("埋め込み上の近傍", 6, ["埋め込み上", "の近傍"]),
        ("one\ntwo three", 4, ["one", "two", "three"]),
    ],
)
def test_wrapped(text: str, ems: float, lines: list[str]) -> None:
    assert style.wrapped(text, ems).split("\n") == lines


def test_a_mosaic_of_a_large_map_is_made_in_under_a_second() -> None:
    rng = np.random.default_rng(0)
    coordinates = rng.normal(size=(60_000, 2))
    images = rng.integers(0, 256, size=(50, 50, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, size=(50, 50))
    start = time.process_time()
    mosaic(nearest_per_cell(coordinates, 50), images, labels)
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


def test_a_number_of_the_articles_redraws_the_figure_that_shows_it(layout: Layout, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "generator", tmp_path / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    words = {"en": i18n.Words("en")}

    def keys() -> dict[str, str]:
        code = CodeIndex(tmp_path, None)
        results = Results(layout.records)
        return {job.target: drawing._key(job, results, code) for job in drawing._jobs(results, code, words)}

    before = keys()
    with (tmp_path / "generator/report/published.toml").open("a") as stream:
        stream.write("# another number\n")
    after = keys()
    assert {one for one in after if after[one] != before[one]} == {"figure:en:classifiers:classifiers_published"}


@pytest.mark.parametrize(
    ("least", "most", "ticks"),
    [
        (0.3, 90, ["0", "50", "90", "95", "99", "99.5"]),
        (0.5, 9, ["90", "95", "98", "99", "99.5"]),
        (2.2, 7.1, ["92", "93", "94", "95", "96", "97", "98"]),
        (0.7, 0.9, ["99", "99.1", "99.2", "99.3", "99.4"]),
    ],
)
def test_an_accuracy_axis_has_some_ticks_and_not_too_many(least: float, most: float, ticks: list[str]) -> None:
    _, axes = style.new_figure(3)
    panel = axes[0, 0]
    classifiers_accuracy.accuracy_axis(panel, least, i18n.Words("en"), most=most)
    high, low = panel.get_xlim()
    assert low < least < most < high
    found = [text.get_text() for text in panel.get_xticklabels()]
    assert found == ticks


def test_the_figure_of_stability_leaves_out_the_maps_of_noise(tmp_path: Path) -> None:
    results = fake_results(tmp_path)
    assert "stability-noisy_tsne" in results.records
    picture = maps_stability.draw(results, i18n.Words("en"))
    assert picture is not None
    assert picture.alt.count("%") == 3
    assert "random starts" not in picture.alt


def test_a_traversal_names_the_values_of_each_axis(tmp_path: Path) -> None:
    results = fake_results(tmp_path)
    picture = traversal.draw(results, results.records["autoencoder-vae"], i18n.Words("en"))
    assert picture is not None
    figure = picture.render(style.LIGHT)
    assert isinstance(figure, Figure)
    panel = figure.axes[0]
    across, up = ([text.get_text() for text in axis] for axis in (panel.get_xticklabels(), panel.get_yticklabels()))
    assert across == ["−1.0", "−0.4", "0.0", "0.4", "1.0"]
    assert up == ["−2.0", "−0.9", "0.0", "0.9", "2.0"]


def test_margins_by_hand() -> None:
    np.testing.assert_allclose(mistakes.margins(np.array([[1.0, 5.0, 3.5], [2.0, 2.0, 0.0]])), [1.5, 0.0])


@pytest.mark.parametrize(
    ("confused", "chosen"),
    [({(4, 9): 2, (3, 5): 7}, (4, 9)), ({(9, 4): 2, (3, 5): 7}, (3, 5)), ({}, None)],
)
def test_the_telling_mistake_is_a_4_for_a_9_or_the_commonest(
    confused: dict[tuple[int, int], int], chosen: tuple[int, int] | None
) -> None:
    counts = np.diag(np.full(10, 30))
    for pair, count in confused.items():
        counts[pair] = count
    assert telling_mistake.choose(counts, tuple("0123456789")) == chosen


def test_the_telling_mistake_is_the_surest_and_its_pixels_add_up(layout: Layout) -> None:
    """For softmax regression the scores' difference is the logarithm of the probabilities' ratio."""
    results = Results(layout.records)
    task = "softmax_regression-sound"
    alt = telling_mistake.draw(results, results.records[task], i18n.Words("en")).alt  # type: ignore[union-attr]
    true, taken = telling_mistake.choose(results.array(task, "confusion"), tuple("0123456789"))  # type: ignore[misc]
    index, predicted = results.array(task, "index"), results.array(task, "predictions")
    confused = (results.labels()[index] == true) & (predicted == taken)
    surest = results.array(task, "probabilities")[confused, taken].max()
    assert (
        f"{true} predicted as {taken}, the most confident of {confused.sum()}: {taken} gets {100 * surest:.1f}" in alt
    )


def test_what_was_tested_on_other_images_is_not_drawn_beside_the_rest(tmp_path: Path) -> None:
    """Softmax regression in the article's settings: its test images also ended its training."""
    fake_results(tmp_path)
    picture = classifiers_published.draw(Results(tmp_path), i18n.Words("en"))
    assert picture is not None
    assert "Support vector machine" in picture.alt
    assert "Softmax regression" not in picture.alt
