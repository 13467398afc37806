"""Where things come from and what words mean: glossary, references, articles, and how to cite the site."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator import registry
from generator.errors import UserError
from generator.layout import PROJECT
from generator.record import Provenance
from generator.report import articles, glossary, references
from generator.report.context import Here, NoResult, pages
from generator.report.i18n import LANGUAGES, Words
from generator.report.labels import metric_labels
from tests.records import task_ids
from tests.sites import make_book, make_sources, render

#: What an error calls the entries that each function looks up.
NAMES = {"term": "term", "cite": "reference", "article": "article"}
CODES = {one.code for one in LANGUAGES}
DECLARATIONS = [registry.declare(slug) for slug in registry.slugs(PROJECT)]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    return render(make_sources(tmp_path_factory.mktemp("credits")))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    book = make_book(make_sources(tmp_path_factory.mktemp("here")), "en")
    return Here(book, book.page("maps/tsne"), frozenset())


def test_every_term_is_explained_in_every_language_and_in_order() -> None:
    entries = glossary.load()
    for key, spoken in entries.items():
        assert spoken.keys() == CODES, key
        for code, wording in spoken.items():
            assert wording.word, (key, code)
            assert wording.text.endswith("。" if code == "ja" else (".", "?")), (key, code)
            assert bool(re.fullmatch("[ぁ-んー、]+", wording.reading)) == (code == "ja"), (key, code)
    english = [spoken["en"].order for spoken in entries.values()]
    assert english == sorted(english)
    for code in CODES:
        words = [spoken[code].word for spoken in entries.values()]
        assert len(set(words)) == len(words), "a word has two entries"


def test_a_reader_finds_every_term_under_its_own_and_the_other_languages_word(
    rendered: Mapping[str, Mapping[str, str]],
) -> None:
    for key, spoken in glossary.load().items():
        for code in CODES:
            line = next(one for one in rendered[code]["glossary"].splitlines() if f'id="{key}"' in one)
            assert all(re.sub("'", "&#x27;", wording.word) in line for wording in spoken.values())
    japanese = re.findall(r'<div id="(\w+)">', rendered["ja"]["glossary"])
    entries = glossary.load()
    assert japanese == sorted(japanese, key=lambda key: entries[key]["ja"].order)


def test_japanese_is_ordered_by_plain_kana_first() -> None:
    readings = ["ぱたーん", "はた", "はつか", "はっか", "ばす", "はーと", "はいく"]
    expected = ["はーと", "はいく", "ばす", "はた", "ぱたーん", "はっか", "はつか"]
    assert sorted(readings, key=lambda one: glossary.Wording("", "", one).order) == expected


def test_methods_and_scores_name_their_sources_or_need_none() -> None:
    known = references.load()
    slugs = {one.slug for one in DECLARATIONS}
    assert slugs == {*known.methods, *known.plain_methods}
    assert metric_labels(Words("en")).keys() == {*known.scores, *known.plain_scores}
    assert not known.methods.keys() & set(known.plain_methods)
    assert not known.scores.keys() & set(known.plain_scores)
    assert all([*known.methods.values(), *known.scores.values()]), "an empty list of sources"
    assert known.pages.keys() <= {page.path for page in pages(DECLARATIONS)}


def test_sources_are_known_and_known_ones_are_used_and_told_apart() -> None:
    known = references.load()
    used = {key for group in (known.methods, known.scores, known.pages) for keys in group.values() for key in keys}
    cited = {
        key for path in PROJECT.glob("templates/**/*.j2") for key in re.findall(r'cite\("(\w+)"', path.read_text())
    }
    assert used | cited <= known.reference.keys()
    assert known.reference.keys() <= used | cited, "listed but used nowhere"
    short = [one.short(Words("en")) for one in known.reference.values()]
    assert len(set(short)) == len(short), "two publications with the same short name"


@pytest.mark.parametrize(
    ("authors", "short"),
    [
        (("Rousseeuw, P. J.",), "Rousseeuw (2008)"),
        (("van der Maaten, L.", "Hinton, G."), "van der Maaten and Hinton (2008)"),
        (("Guo, C.", "Pleiss, G.", "Sun, Y."), "Guo et al. (2008)"),
        (("Paszke, A.", "others"), "Paszke et al. (2008)"),
    ],
)
def test_short_name_of_a_publication(authors: tuple[str, ...], short: str) -> None:
    assert references.Reference(authors, "Title", "Venue", 2008).short(Words("en")) == short


def test_a_methods_page_names_what_it_rests_on_and_the_list_names_the_method(
    rendered: Mapping[str, Mapping[str, str]],
) -> None:
    for code in CODES:
        page = rendered[code]["maps/tsne"]
        how = page.partition("{: #how }")[2].partition("{: #see }")[0]
        assert '<a href="../../references/#vandermaaten2008">van der Maaten' in how
        assert "#gower1975" in how  # of the study that its page shows as well
        entry = next(one for one in rendered[code]["references"].splitlines() if 'id="vandermaaten2008"' in one)
        assert '<a href="../maps/tsne/">t-SNE</a>' in entry


def test_every_article_is_credited_under_its_heading(rendered: Mapping[str, Mapping[str, str]]) -> None:
    known = articles.load()
    assert [*known] == ["A1", "A2", "A3", "A4", "A5"]
    for code in CODES:
        for key, one in known.items():
            section = re.split(r"^### ", rendered[code]["reproduction"].partition(f"{{: #{key.lower()} }}")[2])[0]
            card, _, after = section.partition("</dl>")
            assert one.title.replace("&", "&amp;") in card
            assert one.original in card
            for address in (one.code, one.data):
                assert not address or f'<a href="{address}">' in card
            assert one.unknown
            assert (
                "Not given in our copy of the article: author"
                if code == "en"
                else "手元の記事に書かれていないもの：著者"
            ) in after[:80]


def test_links_of_templates(here: Here) -> None:
    assert re.fullmatch(
        r'<a class="term" href="../../glossary/#embedding" title="The result[^"]+">embeddings</a>',
        here.term("embedding", "embeddings"),
    )
    assert here.term("seed").endswith(">seed</a>")
    assert here.cite("guo2017") == '<a href="../../references/#guo2017">Guo et al. (2017)</a>'
    assert here.article("A1", "A1") == '<a href="../../reproduction/#a1">A1</a>'
    assert "いろんな方法で MNIST の数字画像を分類してみる" in here.article("A5")


@pytest.mark.parametrize("what", NAMES)
def test_an_unknown_key_stops_the_build(here: Here, what: str) -> None:
    with pytest.raises(NoResult, match=rf"no {NAMES[what]} nothing; there are"):
        getattr(here, what)("nothing")


@pytest.mark.parametrize("module", [glossary, references, articles])
def test_a_damaged_file_is_named(module: object, tmp_path: Path) -> None:
    path = tmp_path / "damaged.toml"
    path.write_text("[x]\nfoo = 1\n", encoding="utf-8")
    with pytest.raises(UserError, match="not a readable") as caught:
        module.load(path)  # type: ignore[attr-defined]
    assert caught.value.where == str(path)


def test_the_site_says_how_to_cite_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIKAKU_SITE_URL", "https://name.example/hikaku")
    layout = make_sources(tmp_path)
    newest = make_book(layout, "en").newest
    assert isinstance(newest, Provenance)
    about = render(layout, "en")["en"]["about"]
    entry = about.partition("```bibtex\n")[2].partition("```")[0]
    assert f"year = {{{newest.computed_at[:4]}}}" in entry
    assert newest.commit[:12] in entry
    assert "url = {https://name.example/hikaku/}" in entry


def test_without_results_there_is_nothing_to_cite(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, missing=task_ids())
    assert make_book(layout, "en").newest is None
    assert "There are no results yet." in render(layout, "en")["en"]["about"].partition("{: #licence }")[0]


def test_what_explains_comes_last_in_the_navigation() -> None:
    assert [page.path for page in pages(DECLARATIONS)][-4:] == ["reproduction", "glossary", "references", "about"]
