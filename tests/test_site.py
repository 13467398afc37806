"""The site as files: complete, self-contained, the same bytes every time, and touched only where something changed."""

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from generator.errors import UserError
from generator.layout import PROJECT, Layout
from generator.manifest import Manifest
from generator.record import Results
from generator.report import context
from generator.report.i18n import LANGUAGES
from tests.sites import make_site, make_sources


class Links(HTMLParser):
    """What a page points at, and what it would fetch by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.language = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        if tag == "html":
            self.language = found["lang"]
        if tag == "a" and "href" in found:
            self.targets.append(found["href"])
        if tag in {"link", "script", "img"} and (source := found.get("href", found.get("src", ""))):
            self.targets.append(source)
            self.fetched.append(source)


@pytest.fixture
def copy(finished: Layout, tmp_path: Path) -> Layout:
    """The finished project, to be changed."""
    shutil.copytree(finished.root, tmp_path / "project")
    return Layout(tmp_path / "project")


def html_files(layout: Layout) -> list[Path]:
    return [path for one in LANGUAGES for path in sorted((layout.site / one.code).rglob("*.html"))]


def relative(layout: Layout, paths: tuple[Path, ...]) -> list[str]:
    return [path.relative_to(layout.site).as_posix() for path in paths if path.is_relative_to(layout.site)]


def test_every_link_leads_somewhere(finished: Layout) -> None:
    pages = {path: Links(path) for path in html_files(finished)}
    wanted = context.pages(Results(finished.records).catalogue.experiments)
    assert len(pages) == len(wanted) * len(LANGUAGES)
    for path, links in pages.items():
        for target in links.targets:
            url = urlsplit(target)
            if url.scheme:
                continue
            goal = (path.parent / unquote(url.path)).resolve() if url.path else path
            goal = goal / "index.html" if goal.is_dir() else goal
            assert goal.is_file(), f"{path}: {target}"
            if url.fragment and not url.fragment.startswith(("only-", "__codelineno")):
                assert unquote(url.fragment) in pages[goal].ids, f"{path}: {target}"


def test_nothing_is_fetched_from_elsewhere(finished: Layout) -> None:
    for path in html_files(finished):
        for source in Links(path).fetched:
            url = urlsplit(source)
            assert not url.scheme, source
            assert not url.netloc, source
            assert not url.path.startswith("/"), f"{source} would not work under a sub-path"


def test_both_languages_have_the_same_pages_and_name_their_language(finished: Layout) -> None:
    pages = {
        one.code: {path.relative_to(finished.site / one.code) for path in (finished.site / one.code).rglob("*.html")}
        for one in LANGUAGES
    }
    assert len({frozenset(found) for found in pages.values()}) == 1
    for one in LANGUAGES:
        for path in pages[one.code]:
            assert Links(finished.site / one.code / path).language == one.code


def test_the_root_has_what_a_host_needs(finished: Layout) -> None:
    root = {path.name for path in finished.site.iterdir()}
    assert root == {".nojekyll", "404.html", "index.html", "figures", "tables", *(one.code for one in LANGUAGES)}
    index = (finished.site / "index.html").read_text(encoding="utf-8")
    for one in LANGUAGES:
        assert f'<a href="{one.code}/"' in index
    assert "navigator.languages" in index
    assert 'http-equiv="refresh"' in index


def test_an_address_gives_a_sitemap_and_canonical_links(copy: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIKAKU_SITE_URL", "https://reader.example/hikaku")
    make_site(copy)
    sitemap = (copy.site / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://reader.example/hikaku/ja/maps/tsne/</loc>" in sitemap
    assert "lastmod" not in sitemap
    page = (copy.site / "en" / "maps" / "tsne" / "index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://reader.example/hikaku/en/maps/tsne/">' in page
    assert '<base href="https://reader.example/hikaku/">' in (copy.site / "404.html").read_text(encoding="utf-8")


def test_an_address_that_is_none_is_an_error(copy: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIKAKU_SITE_URL", "reader.example")
    with pytest.raises(UserError, match="not an address"):
        make_site(copy)


def test_a_second_build_writes_nothing_and_imports_nothing_heavy(finished: Layout) -> None:
    script = """
import sys
from pathlib import Path
from generator.fingerprint import CodeIndex
from generator.layout import Layout
from generator.manifest import Manifest
from generator.report.build import build

layout = Layout(Path(sys.argv[1]))
manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
built = build(layout, CodeIndex(layout.root, layout.cache), manifest, 2, print)
assert built.written == (), built.written
heavy = {"numpy", "matplotlib", "jinja2", "mkdocs", "babel", "sklearn", "torch", "umap"} & sys.modules.keys()
assert not heavy, heavy
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(finished.root)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_building_everything_again_gives_the_same_bytes(copy: Layout) -> None:
    manifest = Manifest.load(copy.cache / "manifest.json", copy.root)
    for target in ("report", *(f"mkdocs:{one.code}" for one in LANGUAGES)):
        manifest.forget(target)
    manifest.save()
    assert relative(copy, make_site(copy).written) == []


def test_one_template_changes_one_page_of_its_language(copy: Layout) -> None:
    template = copy.templates / "pages" / "maps" / "tsne.ja.md.j2"
    template.write_text(template.read_text(encoding="utf-8").replace("{% block see %}", "{% block see %}\n追記。\n"))
    assert relative(copy, make_site(copy).written) == ["ja/maps/tsne/index.html", "ja/search/search_index.json"]


def test_a_page_that_is_no_more_leaves_the_site(copy: Layout) -> None:
    (copy.site / "en" / "maps" / "old").mkdir()
    (copy.site / "en" / "maps" / "old" / "index.html").write_text("old")
    (copy.site_src / "en" / "old.md").write_text("# Old {: #old }")
    style = copy.site_src / "theme" / "assets" / "hikaku.css"
    style.write_text(style.read_text(encoding="utf-8") + "\n")
    make_site(copy)
    assert not (copy.site / "en" / "maps" / "old").exists()
    assert not (copy.site_src / "en" / "old.md").exists()


def test_a_link_to_nowhere_stops_the_build_and_names_the_page(copy: Layout) -> None:
    before = (copy.site / "en" / "maps" / "tsne" / "index.html").read_bytes()
    template = copy.templates / "pages" / "maps" / "tsne.en.md.j2"
    template.write_text(
        template.read_text(encoding="utf-8").replace("{% block see %}", "{% block see %}\n[x](no.md)\n")
    )
    with pytest.raises(UserError, match=r"maps/tsne\.md"):
        make_site(copy)
    assert (copy.site / "en" / "maps" / "tsne" / "index.html").read_bytes() == before


def test_a_failed_method_leaves_a_whole_site(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, failed={"tsne-2d"}, missing={"cnn-published"})
    make_site(layout)
    page = (layout.site / "en" / "maps" / "tsne" / "index.html").read_text(encoding="utf-8")
    assert "ValueError: bad perplexity" in page
    assert not list((layout.site / "figures").rglob("tsne/*"))
