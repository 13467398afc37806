"""Pages in a real browser: both languages open, the switcher stays on the page, search finds, nothing complains."""

import functools
import http.server
import itertools
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from generator.layout import Layout
from tests.records import declarations

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"

PATHS = (
    "",
    "data/",
    "maps/",
    "maps/pca/",
    "maps/tsne/",
    "maps/autoencoder/",
    "maps/swiss_roll/",
    "maps/cnn_embeddings/",
    "maps/settings/",
    "classifiers/",
    "classifiers/softmax_regression/",
    "classifiers/svc/",
    "classifiers/cnn/",
    "classifiers/sample_size/",
    "classifiers/errors/",
    "reproduction/",
    "about/",
)


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test speaks when something is wrong."""


@pytest.fixture(scope="module")
def address(finished: Layout) -> Iterator[str]:
    """The site, served under a sub-path as GitHub Pages does."""
    handler = functools.partial(Silent, directory=str(finished.site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{finished.site.name}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(BROWSER).exists():
        # Where the gate runs, a check that did not happen must not look like one that passed.
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"no Chromium at {BROWSER}: install it, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Browser, **options: Any) -> Page:
    """A page that waits for as long as a machine that is busy with other tests may need."""
    page = browser.new_page(**options)
    page.set_default_timeout(120_000)  # ms
    return page


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test on any console error, failed request, or request that leaves the site."""
    page = open_page(browser, viewport={"width": 1280, "height": 900}, locale="en-GB")
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.on(
        "request",
        lambda request: None if request.url.startswith(address) else complaints.append(f"left: {request.url}"),
    )
    yield page
    page.close()
    assert complaints == []


@pytest.mark.parametrize("code", ["en", "ja"])
@pytest.mark.parametrize("path", PATHS)
def test_page_opens(page: Page, address: str, code: str, path: str) -> None:
    page.goto(f"{address}{code}/{path}")
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator(".shown")).to_be_visible()
    for image in page.locator("article img:visible").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("async (it) => { await it.decode(); return it.naturalWidth }") > 0
        assert image.get_attribute("alt")


@pytest.mark.parametrize("path", ["", "data/", "maps/", "classifiers/cnn/"])
def test_switcher_stays_on_the_page(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}en/{path}")
    page.get_by_role("link", name="日本語").click()
    expect(page).to_have_url(f"{address}ja/{path}")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{address}en/{path}")
    alternates = page.locator("link[rel~=alternate]")
    assert {one.get_attribute("hreflang") for one in alternates.all()} == {"en", "ja", "x-default"}
    assert alternates.nth(1).evaluate("(it) => it.href") == f"{address}ja/{path}"


@pytest.mark.parametrize(
    ("code", "sought"), [("en", "accuracy"), ("ja", "次元削減"), ("ja", "混同行列"), ("ja", "ソフトマックス回帰")]
)
def test_search_finds(page: Page, address: str, code: str, sought: str) -> None:
    page.goto(f"{address}{code}/", wait_until="networkidle")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").fill(sought)
    page.keyboard.press("End")  # the search listens to keys, which filling in does not press
    first = page.locator(".md-search-result__link").first
    expect(first).to_be_visible()
    assert sought in page.locator(".md-search-result__list").inner_text().lower()
    first.click()
    expect(page).to_have_url(re.compile(rf"^{re.escape(address)}{code}/"))


@pytest.mark.parametrize(("locale", "code"), [("ja-JP", "ja"), ("en-GB", "en"), ("fr-FR", "en")])
def test_root_sends_a_reader_to_their_language(browser: Browser, address: str, locale: str, code: str) -> None:
    page = open_page(browser, locale=locale)
    page.goto(address)
    page.wait_for_url(f"{address}{code}/")
    page.close()


def test_formulas_are_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}en/maps/tsne/", wait_until="networkidle")
    expect(page.locator(".katex-display")).to_have_count(1)
    assert page.locator(".katex-error").count() == 0
    assert page.evaluate("document.fonts.check('1em KaTeX_Math')")


#: What the pages of each language are written in; a text in the other's letters was forgotten there.
LETTERS = {"en": re.compile(r"[A-Za-z]"), "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")}


@pytest.mark.parametrize("code", ["en", "ja"])
def test_every_page_suits_a_phone_and_a_screen_reader(
    browser: Browser, address: str, finished: Layout, code: str
) -> None:
    page = open_page(browser, viewport={"width": 360, "height": 740})
    paths = sorted(
        path.parent.relative_to(finished.site).as_posix() for path in finished.site.glob(f"{code}/**/index.html")
    )
    assert len(paths) > len(PATHS)
    for path in paths:
        page.goto(f"{address}{path}/")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        images = page.locator("article img").evaluate_all("(all) => all.map((it) => it.alt)")
        assert all(LETTERS[code].search(alt) for alt in images), path
        assert code != "en" or not any(LETTERS["ja"].search(alt) for alt in images), path
        levels = page.locator("article :is(h1, h2, h3, h4)").evaluate_all("(all) => all.map((it) => +it.tagName[1])")
        assert levels[0] == 1, path
        assert all(lower <= upper + 1 for upper, lower in itertools.pairwise(levels)), path
        tables = page.locator("article table").evaluate_all("(all) => all.map((it) => it.parentElement.ariaLabel)")
        assert all(tables), path
    page.close()


def test_keyboard_reaches_the_switcher_and_scrolls_a_table(browser: Browser, address: str) -> None:
    page = open_page(browser, viewport={"width": 360, "height": 740})
    page.goto(f"{address}en/maps/", wait_until="networkidle")
    switcher = page.get_by_role("link", name="日本語")
    for _ in range(6):
        page.keyboard.press("Tab")
        if switcher.evaluate("(it) => it === document.activeElement"):
            break
    expect(switcher).to_be_focused()
    assert switcher.evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"
    table = page.locator(".table").first
    table.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.table').scrollLeft > 0")
    page.close()


def test_dark_scheme_shows_the_dark_figures(browser: Browser, address: str) -> None:
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = open_page(browser, color_scheme=scheme)
        page.goto(f"{address}en/maps/", wait_until="networkidle")
        assert page.locator(f"article img[src*='-{scheme}.']").first.is_visible()
        assert not page.locator(f"article img[src*='-{other}.']").first.is_visible()
        page.close()


def test_prev_and_next_lead_through_the_methods(page: Page, address: str) -> None:
    page.goto(f"{address}en/maps/")
    seen = []
    while "classifiers/errors" not in page.url:
        page.locator(".md-footer__link--next").click()
        page.wait_for_load_state()
        seen.append(page.url.removeprefix(f"{address}en/"))
    shown = [one for one in declarations() if not one.parent]
    maps = [f"maps/{one.slug}/" for one in shown if one.section == "maps"]
    classifiers = [f"classifiers/{one.slug}/" for one in shown if one.section == "classifiers"]
    studies = ["classifiers/sample_size/", "classifiers/errors/"]
    assert seen == [*maps, "maps/settings/", "classifiers/", *classifiers, *studies]


def test_what_a_page_offers_can_be_had(page: Page, address: str) -> None:
    """Every table and every network's weights, those of the series behind a fold."""
    page.goto(f"{address}en/maps/autoencoder/")
    links = page.locator("article a[download]")
    assert page.get_by_role("link", name="weights.pt").count() == 3
    for link in links.evaluate_all("(all) => all.map((it) => it.href)"):
        assert page.request.get(link).ok, link
    folded = page.locator("details", has_text="The series: settings, initialisation and seeds")
    expect(folded.get_by_text("Autoencoder: seed 3")).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.get_by_text("Autoencoder: seed 3")).to_be_visible()


def test_first_tab_stop_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}en/maps/tsne/", wait_until="networkidle")
    page.keyboard.press("Tab")
    assert "md-skip" in page.evaluate("document.activeElement.className")


#: The values of the column under a heading, from the first row down; null where a row has none.
COLUMN = """(table, name) => {
    const heading = [...[...table.tHead.rows].at(-1).cells].find((it) => it.textContent.trim() === name);
    return [...table.tBodies[0].rows].map((row) => Number(row.cells[heading.cellIndex]?.dataset.value ?? NaN))
        .map((value) => (isNaN(value) ? null : value));
}"""


def test_a_table_is_sorted_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}en/classifiers/")
    table = page.locator("table.sortable").first
    accuracies = table.evaluate(COLUMN, "Accuracy")
    assert accuracies == sorted(accuracies, reverse=True)
    expect(table.get_by_role("columnheader", name="Accuracy", exact=True)).to_have_attribute("aria-sort", "descending")

    names = table.locator("tbody th").all_inner_texts()
    table.get_by_role("button", name="Peak memory").focus()
    page.keyboard.press("Enter")
    expect(table.get_by_role("columnheader", name="Peak memory")).to_have_attribute("aria-sort", "ascending")
    expect(table.locator("th[aria-sort]")).to_have_count(1)
    sizes = table.evaluate(COLUMN, "Peak memory")
    assert sizes == sorted(sizes)
    page.keyboard.press("Space")
    expect(table.get_by_role("columnheader", name="Peak memory")).to_have_attribute("aria-sort", "descending")
    assert table.evaluate(COLUMN, "Peak memory") == sorted(sizes, reverse=True)

    table.get_by_role("button", name="Expected calibration error").click()
    errors = table.evaluate(COLUMN, "Expected calibration error")
    known = [one for one in errors if one is not None]
    assert len(known) < len(errors), "some method gives no probabilities"
    assert errors == [*sorted(known), *[None] * (len(errors) - len(known))]
    table.get_by_role("button", name="Method").click()
    assert table.locator("tbody th").all_inner_texts() == sorted(names, key=str.casefold)


@pytest.mark.parametrize(
    ("code", "label", "status"),
    [("en", "Filter the rows:", "{} of {} rows"), ("ja", "行を絞り込む：", "{1}行中{0}行")],
)
def test_a_table_is_filtered(page: Page, address: str, code: str, label: str, status: str) -> None:
    page.goto(f"{address}{code}/classifiers/")
    rows = page.locator("table.sortable").first.locator("tbody tr")
    all_rows = rows.count()
    page.get_by_label(label).first.fill("mlp PYTORCH")
    shown = rows.locator("visible=true").all_inner_texts()
    assert 0 < len(shown) < all_rows
    assert all("PyTorch" in one for one in shown)
    expect(page.locator(".filter [role=status]").first).to_have_text(status.format(len(shown), all_rows))
    page.get_by_label(label).first.fill("")
    expect(rows.locator("visible=true")).to_have_count(all_rows)


def test_a_table_is_whole_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}en/classifiers/")
    table = page.locator("table.sortable").first
    assert table.locator("button").count() == 0
    expect(page.locator(".filter").first).to_be_hidden()
    classifiers = [one for one in declarations() if one.section == "classifiers" and one.task == "classification"]
    compared = [variant for one in classifiers for variant in one.variants if variant.compared]
    expect(table.locator("tbody tr")).to_have_count(len(compared))
    expect(table.locator("tbody tr").first).to_be_visible()
    context.close()


def test_tables_have_captions_and_scopes(page: Page, address: str) -> None:
    paths = (
        "maps/",
        "maps/settings/",
        "classifiers/",
        "classifiers/softmax_regression/",
        "classifiers/sample_size/",
        "classifiers/errors/",
        "reproduction/",
        "about/",
    )
    for path in paths:
        page.goto(f"{address}en/{path}")
        for table in page.locator("table.data").all():
            assert (table.locator("caption").text_content() or "").strip()  # some tables are folded away
            assert table.locator("th:not([scope])").count() == 0
