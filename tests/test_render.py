"""Templates: complete, in step between languages, loud when wrong, and silent about what has no result."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from generator import registry
from generator.errors import UserError
from generator.layout import PROJECT, Layout
from generator.record import DataInfo
from generator.report import published
from generator.report.context import Data, NoResult, pages, split_title
from generator.report.i18n import LANGUAGES, NO_BREAK, SOURCE, Words, load, unbroken
from generator.report.labels import heading
from generator.report.render import join_lines, remove_strangers, template_name, write
from generator.vocabulary import Experiment
from tests.records import fake_results, task_ids
from tests.sites import make_book, make_sources, render

PAGES = PROJECT / "templates" / "pages"
OTHERS = [one.code for one in LANGUAGES if one.code != SOURCE]
ENGLISH = sorted(PAGES.rglob(f"*.{SOURCE}.md.j2"))


def declarations() -> list[Experiment]:
    return [registry.declare(slug) for slug in registry.slugs(PROJECT)]


def counterpart(template: Path, code: str) -> Path:
    return template.with_name(template.name.replace(f".{SOURCE}.md", f".{code}.md"))


def heading_ids(text: str) -> list[str]:
    """Of every heading, its explicit id; an empty string where it has none."""
    headings = re.findall(r"^#{1,6} .+$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S), flags=re.M)
    return [found.group(1) if (found := re.search(r"\{: #(\w+) \}$", line)) else "" for line in headings]


def test_there_is_a_template_for_every_page_and_no_other() -> None:
    wanted = {template_name(page, one.code) for page in pages(declarations()) for one in LANGUAGES}
    found = {path.relative_to(PROJECT / "templates").as_posix() for path in PAGES.rglob("*") if path.is_file()}
    assert found == wanted


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("template", ENGLISH, ids=lambda path: path.relative_to(PAGES).as_posix())
def test_translation_is_stamped_with_the_english_it_renders(template: Path, code: str) -> None:
    digest = hashlib.sha256(template.read_bytes()).hexdigest()[:12]
    first = counterpart(template, code).read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"{{# en: {digest} #}}", "the English moved on: bring the translation up to date, then its stamp"


def test_prose_is_where_the_articles_numbers_are_compared() -> None:
    tasks = {f"{one.slug}-{variant.name}" for one in declarations() for variant in one.variants}
    assert {claim.task for claim in published.load()} <= tasks


def test_pages_of_all_languages_have_the_same_headings(tmp_path: Path) -> None:
    rendered = render(make_sources(tmp_path))
    for path, text in rendered[SOURCE].items():
        ids = heading_ids(text)
        assert ids, path
        assert "" not in ids, f"{path}: every heading needs an id"
        for code in OTHERS:
            assert heading_ids(rendered[code][path]) == ids, path


def test_every_page_says_which_data_it_shows(tmp_path: Path) -> None:
    for path, text in render(make_sources(tmp_path), SOURCE)[SOURCE].items():
        assert "Shown here: scikit-learn's handwritten digits, 200 images." in text, path


def test_a_method_without_a_result_shows_no_number(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, failed={"tsne-2d", "cnn-published"}, missing={"umap-2d", "pca-3d"})
    rendered = render(layout, SOURCE)[SOURCE]
    failed = rendered["maps/tsne"]
    assert "No result: t-SNE failed" in failed
    assert "ValueError: bad perplexity" in failed
    assert "It last succeeded on Nov 19, 2026 08:00 UTC" in failed
    assert "{: #see }" not in failed
    assert "0.980" not in failed
    assert "Not run on these data yet" in rendered["maps/umap"]
    assert "{: #see }" in rendered["maps/pca"]
    assert "- PCA: Three dimensions: `python -m generator run pca-3d`" in rendered["maps/pca"]
    assert "failed" in rendered["reproduction"]
    assert "failed" in rendered["about"]


def test_nothing_run_at_all_still_renders(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, missing=task_ids())
    for code, pages_of_one in render(layout).items():
        assert len(pages_of_one) == len(make_book(layout, code).pages)


def test_what_has_no_page_is_shown_on_its_parents(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, failed={"noisy_maps-tsne2_trained_distinct"}, missing={"stability-umap"})
    rendered = render(layout, SOURCE)[SOURCE]
    assert "maps/noisy_maps" not in rendered
    page = rendered["maps/cnn_embeddings"]
    assert re.search(r"generator run --profile quick cnn_embeddings noisy_embeddings noisy_maps$", page, flags=re.M)
    assert (layout.root / "generator/experiments/noisy_maps.py").read_text().splitlines()[0] in page
    assert "ValueError: bad perplexity" in page
    assert "- Stability: UMAP: `python -m generator run stability-umap`" in rendered["maps/tsne"]
    assert "No result" not in rendered["maps/umap"]


def test_books_name_series_by_what_sets_them_apart(tmp_path: Path) -> None:
    book = make_book(make_sources(tmp_path), SOURCE)
    tsne, umap = book.methods["tsne"], book.methods["umap"]
    assert [one.title for one in tsne.series("perplexity")] == [
        unbroken(f"perplexity {value}") for value in (5, 15, 30, 100, 500)
    ]
    assert umap.series("grid")[1].title.replace(NO_BREAK, " ") == "number of neighbours 5, minimum distance 0.1"
    assert [one.title for one in tsne.series("seed")] == [f"seed {seed}" for seed in range(5)]
    sizes = book.methods["softmax_regression"].series("size")
    assert [one.title for one in sizes] == [
        "7 training images",
        "21 training images",
        "70 training images",
        "all 150 training images, fewer than 210",
    ]
    assert [one.name for one in tsne.variants] == ["2d"]
    assert tsne.main.label == "t-SNE"
    assert not [row.title for row in book.sections["maps"].rows if "seed" in row.title or "perplexity" in row.title]
    with pytest.raises(NoResult, match="tsne has no series grid; it has perplexity, seed, start"):
        tsne.series("grid")
    with pytest.raises(NoResult, match="swiss_roll-pca has no array nonsense"):
        book.methods["swiss_roll"].main.values("nonsense")


def test_facts_are_named_for_what_they_are_and_said_once(tmp_path: Path) -> None:
    book = make_book(make_sources(tmp_path), SOURCE)
    network, softmax, codes = (book.methods[one] for one in ("cnn_embeddings", "softmax_regression", "autoencoder"))
    assert network.fact_label("best_epoch") == "epoch with the lowest validation loss"
    assert softmax.fact_label("best_epoch") == "epoch with the highest validation accuracy"
    assert "epochs" in softmax.fact_names  # as many as early stopping let it
    assert "epochs" not in network.fact_names  # a parameter says it
    low, high = (codes.fact_names.index(f"reconstruction_error_{end}") for end in ("low", "high"))
    assert high == low + 1


def test_labels_are_capital_in_english_alone_and_not_what_is_written_small() -> None:
    words = Words(SOURCE)
    assert [heading(words, one) for one in ("perplexity", "bfloat16")] == ["Perplexity", "bfloat16"]
    assert heading(load(Layout(), "ja"), "perplexity") == "perplexity"


def test_only_mnist_has_an_official_test_set() -> None:
    digits = Data(DataInfo("digits", "", (), 1_797, 1_438, ""), "digits")
    mnist = Data(DataInfo("mnist", "", (), 70_000, 60_000, ""), "MNIST")
    assert split_title("official", mnist, Words(SOURCE)) == "official training and test set"
    said = split_title("official", digits, Words(SOURCE))
    assert said == "the first 1,438 for training, the last 359 for testing"


def test_every_count_of_mistakes_stays_on_its_page(tmp_path: Path) -> None:
    """The facts at a glance hold the article's scores; its counts of confusions stand in the comparison alone."""
    rendered = render(make_sources(tmp_path), SOURCE)[SOURCE]
    card = rendered["classifiers/softmax_regression"].partition("The article's number")[2].partition("</dl>")[0]
    assert "accuracy 92" in card
    assert "misclassified" not in card
    assert "Softmax regression: 4 misclassified as 9" in rendered["reproduction"]


def test_softmax_regressions_source_is_on_its_page(tmp_path: Path) -> None:
    for text in (one["classifiers/softmax_regression"] for one in render(make_sources(tmp_path)).values()):
        assert "generator/softmax.py" in text
        assert "    def cross_entropy_gradient(" in text


def test_the_best_is_no_control(tmp_path: Path) -> None:
    maps = make_book(make_sources(tmp_path), SOURCE).sections["maps"]
    assert maps.rows[0].role == "ceiling"
    best = [row for row in maps.rows if "trustworthiness" in row.best]
    assert "tsne" in {row.method.slug for row in best}
    assert {row.role for row in best} == {"method"}
    assert {row.method.slug for row in maps.ceilings} == {"raw_pixels"}
    assert {row.method.slug for row in maps.floors} == {"random_projection"}


@pytest.mark.parametrize(
    ("quantity", "value", "more", "ours", "printed"),
    [
        ("wall_s", 5963.0, {}, 170.4, (unbroken("1 h 39 min 23 s"), unbroken("2 min 50 s"))),
        ("neighbour_accuracy_10", 0.94, {}, 0.9412, (unbroken("94 %"), unbroken("94.1 %"))),
        ("neighbour_accuracy_10", 0.945, {"below": True}, 0.9412, (unbroken("below 94.5 %"), unbroken("94.1 %"))),
        ("train_accuracy", 1.0, {"within": 0.005}, 0.974, (unbroken("100 %"), unbroken("97.4 %"))),
        ("kl_divergence", 1.23, {}, 1.2345, ("1.23", "1.234")),
        ("confusion[4][9]", 56, {}, 1033.0, ("56", "1,033")),
        ("noise_predicted_as", "8", {}, "3", ("8", "3")),
    ],
)
def test_an_articles_number_is_as_exact_as_it_is_given(
    tmp_path: Path, quantity: str, value: float | str, more: dict[str, Any], ours: float | str, printed: tuple[str, str]
) -> None:
    claim = published.Claim(
        key="one", article="A1", name="PCA", task="tsne-2d", quantity=quantity, value=value, note="", **more
    )
    fake_results(tmp_path / "output" / "records")
    one = make_book(Layout(tmp_path), SOURCE, claims=(claim,)).claim("one")
    assert (one.article.replace("below ", "below\u00a0"), one.ours(ours)) == printed


def break_template(layout: Layout, text: str) -> None:
    path = layout.templates / "pages" / "maps" / f"tsne.{SOURCE}.md.j2"
    path.write_text(path.read_text(encoding="utf-8").replace("{% block see %}", "{% block see %}\n" + text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nonsense }}", "'nonsense' is undefined"),
        ("{{ methods.nonsense.title }}", "has no attribute 'nonsense'"),
        ('{{ method.score("nonsense") }}', "tsne-2d has no metric nonsense; it has trustworthiness"),
        ('{{ ref("maps/nonsense") }}', "no page maps/nonsense"),
        ('{{ m.figure("nonsense") }}', "no figure nonsense"),
        ("{% if %}", "TemplateSyntaxError"),
    ],
)
def test_an_error_names_the_template_and_the_line(tmp_path: Path, text: str, message: str) -> None:
    layout = make_sources(tmp_path)
    break_template(layout, text)
    lines = (layout.templates / "pages/maps/tsne.en.md.j2").read_text(encoding="utf-8").splitlines()
    with pytest.raises(UserError) as caught:
        render(layout, SOURCE)
    assert message in caught.value.what
    assert f"templates/pages/maps/tsne.en.md.j2:{lines.index(text) + 1}" in caught.value.where


def test_a_number_of_a_failed_method_cannot_be_printed(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, failed={"umap-2d"})
    break_template(layout, "{{ methods.umap.score('trustworthiness') }}")
    with pytest.raises(UserError, match="umap-2d has no result"):
        render(layout, SOURCE)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    layout = make_sources(tmp_path)
    (layout.templates / "pages" / "maps" / "umap.ja.md.j2").unlink()
    with pytest.raises(UserError, match="no template for the page maps/umap"):
        render(layout)


@pytest.mark.parametrize(
    ("text", "closed_up"),
    [
        ("画像が\n並ぶ。\n\n- 点\n- 線と\n  面", "画像が並ぶ。\n\n- 点\n- 線と面"),
        ("である。\nA1は\n**太字**と\n<a href='x'>語</a>、", "である。A1は**太字**と<a href='x'>語</a>、"),
        ("である。\n50%の\n$x$を\n`run`で", "である。50%の$x$を`run`で"),
        ("次の式\n$$\nx\n$$\n", "次の式\n$$\nx\n$$\n"),
        ("見出し\n<figure>\n```\n", "見出し\n<figure>\n```\n"),
        ("点\n- 線\n1. 面\n# 章", "点\n- 線\n1. 面\n# 章"),
        ("A paragraph\nof words.", "A paragraph\nof words."),
    ],
)
def test_lines_of_japanese_are_closed_up(text: str, closed_up: str) -> None:
    assert join_lines(text) == closed_up


def test_write_touches_only_what_changed_and_removes_the_rest(tmp_path: Path) -> None:
    write(tmp_path, {Path("a.md"): "a", Path("maps/b.md"): "b", Path("old/c.md"): "c"})
    before = (tmp_path / "a.md").stat().st_mtime_ns
    write(tmp_path, {Path("a.md"): "a", Path("maps/b.md"): "new"})
    assert (tmp_path / "a.md").stat().st_mtime_ns == before
    assert (tmp_path / "maps" / "b.md").read_text() == "new"
    assert not (tmp_path / "old").exists()
    remove_strangers(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
