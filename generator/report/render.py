"""Templates and context to Markdown: every page is made before the first is written."""

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from traceback import extract_tb

import jinja2

from generator.errors import UserError
from generator.files import write_if_changed
from generator.layout import Layout
from generator.report.address import site_url
from generator.report.context import (
    SHORT_DIGEST,
    Book,
    Here,
    NoResult,
    Page,
    section_title,
    split_title,
)
from generator.report.labels import fact_label, heading, metric_label
from generator.report.verdicts import Verdicts


def environment(layout: Layout, kind: type[jinja2.Environment] = jinja2.Environment) -> jinja2.Environment:
    """A name that does not exist is an error; what the templates write is Markdown, so they escape by themselves."""
    env = kind(
        loader=jinja2.FileSystemLoader(layout.templates),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        extensions=[Verdicts],
    )
    env.filters["short"] = lambda digest: digest[:SHORT_DIGEST]
    # A commit's final "+" says that the tree had changes of its own.
    env.filters["commit"] = lambda commit: commit[:SHORT_DIGEST] + ("+" if commit.endswith("+") else "")
    env.filters["heading"] = _heading
    env.filters["year"] = lambda iso: iso[:4]
    # jinja2's own `escape` returns a Markup, which would escape whatever it is joined with.
    env.filters["e"] = lambda text: html.escape(str(text))
    return env


def render(layout: Layout, book: Book, figures: Iterable[str]) -> dict[Path, str]:
    """The Markdown of every page in one language, by its path below the language's folder.

    ``figures``: the names a template may ask for, drawn or not.
    """
    env = environment(layout)
    known = frozenset(figures)
    return {Path(f"{one.path}.md"): page(env, layout, book, Here(book, one, known)) for one in book.pages}


def page(env: jinja2.Environment, layout: Layout, book: Book, here: Here) -> str:
    """The Markdown of one page."""
    at = here.at
    name = template_name(at, book.words.code)
    context = {
        "words": book.words,
        "page": at,
        "title": book.words(at.title),
        "here": here,
        "ref": here.ref,
        "term": here.term,
        "contrast": here.contrast,
        "cite": here.cite,
        "article": here.article,
        "book": book,
        "data": book.data,
        "catalogue": book.results.catalogue,
        "methods": book.methods,
        "sections": book.sections,
        "label": lambda name: fact_label(book.words, "", name),
        "metric_label": lambda name: metric_label(book.words, name),
        "section_title": lambda name: section_title(name, book.words),
        "split_title": lambda name: split_title(name, book.data, book.words),
        "found": book.found,
        "link": here.link,
        "links": here.links,
        "method_link": here.method_link,
        "method_links": here.method_links,
        "name": book.name,
        "names": book.names,
        "its_title": book.title,
        "its_titles": book.titles,
        "score": book.score,
        "scored": book.scored,
        "spread": book.spread,
        "interval": book.interval,
        "runs": book.runs,
        "took": book.took,
        "probability": book.probability,
        "extent": book.extent,
        "theirs": book.theirs,
        "span": lambda *lists: sum(len(one) for one in lists),
        "source": lambda path: _source(layout, path),
        "site_url": site_url(),
    }
    if at.section:
        context["section"] = book.sections[at.section]
    if at.slug:
        context["method"] = book.methods[at.slug]
    try:
        context["m"] = env.get_template("partials/macros.md.j2").make_module(context)
        return join_lines(env.get_template(name).render(context))
    except jinja2.TemplateNotFound as error:
        raise UserError(
            f"no template for the page {at.path}", where=f"templates/{error.name}", remedy="write it"
        ) from error
    except (jinja2.TemplateError, NoResult) as error:
        raise UserError(
            f"{type(error).__name__}: {error}", where=_where(error, layout, name), remedy="mend the template"
        ) from error


@jinja2.pass_context
def _heading(context: jinja2.runtime.Context, text: str) -> str:
    """A label where it heads a column or a row."""
    return heading(context["words"], text)


#: After one of these a line break is the template's, not the text's; HTML would show it as a space.
UNSPACED = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
#: How a line goes on with a paragraph: by a word, a formula, a link or code, and not by what begins a list or a block.
GOES_ON = rf"(?!\d+[.)] )(?:\*\*)?(?:{UNSPACED}|[A-Za-z0-9−(\[“]|\$(?!\$)|<a |`(?!``))"


def join_lines(text: str) -> str:
    """Close up the lines of a paragraph in a script that puts no spaces between words."""
    return re.sub(f"(?<={UNSPACED})\n {{0,3}}(?={GOES_ON})", "", text)


def template_name(page: Page, code: str) -> str:
    return f"pages/{page.path}.{code}.md.j2"


def _source(layout: Layout, path: str) -> str:
    """A file of the project, as it stands."""
    return (layout.root / path).read_text(encoding="utf-8")


def _where(error: Exception, layout: Layout, name: str) -> str:
    """Every template line the error passed through, the innermost last."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"templates/{error.name}:{error.lineno}"
    lines = [
        f"{Path(frame.filename).relative_to(layout.root)}:{frame.lineno}"
        for frame in extract_tb(error.__traceback__)
        if frame.filename.endswith(".j2")
    ]
    return " > ".join(dict.fromkeys(lines)) or f"templates/{name}"


def write(folder: Path, pages: Mapping[Path, str]) -> None:
    """Put a language's Markdown into ``folder`` and nothing else: pages that are no more go."""
    for path, text in pages.items():
        write_if_changed(folder / path, text.encode())
    remove_strangers(folder, (folder / path for path in pages))


def remove_strangers(folder: Path, wanted: Iterable[Path]) -> None:
    """Delete every file below ``folder`` that is not wanted, and folders left empty."""
    kept = set(wanted)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()
