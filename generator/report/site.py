"""Markdown to HTML: one MkDocs build per language, then the files that join the languages into one site."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.errors import UserError
from generator.files import digest_bytes, digest_file, write_if_changed
from generator.layout import Layout
from generator.manifest import Manifest
from generator.report.address import site_url
from generator.report.context import Page, section_title
from generator.report.i18n import LANGUAGES, Language, Words
from generator.report.render import environment, remove_strangers

#: MkDocs and Material write these, but dates, a second sitemap and a 404 page that only works at the root of a host
#: are not wanted; the root folder has its own.
UNWANTED = ("404.html", "sitemap.xml", "sitemap.xml.gz")

#: The colours: those of the system unless the reader chose otherwise.
PALETTE = (("light", "default", "material/weather-night"), ("dark", "slate", "material/weather-sunny"))


def configure(layout: Layout, language: Language, words: Words, pages: Sequence[Page]) -> Path:
    """Write the MkDocs configuration of one language."""
    path = layout.output / "mkdocs" / f"{language.code}.yml"
    up = Path(os.path.relpath(layout.root, path.parent))
    toggles = {"light": words("Switch to dark mode"), "dark": words("Switch to light mode")}
    config = {
        "INHERIT": str(up / "mkdocs.yml"),
        "site_name": words("Hikaku"),
        "site_description": words("Methods compared on the same images, with every number reproducible"),
        "docs_dir": str(up / "site_src" / language.code),
        "site_dir": str(up / "output" / "site" / language.code),
        "nav": navigation(pages, words),
        "theme": {
            "language": language.code,
            "custom_dir": str(up / "site_src" / "theme"),
            "palette": [
                {
                    "media": f"(prefers-color-scheme: {name})",
                    "scheme": scheme,
                    "primary": "indigo",
                    "accent": "indigo",
                    "toggle": {"icon": icon, "name": toggles[name]},
                }
                for name, scheme, icon in PALETTE
            ],
        },
        "markdown_extensions": {"toc": {"permalink_title": words("Link to this section")}},
        "extra": {"languages": [{"code": one.code, "name": one.name} for one in LANGUAGES]},
    }
    if site_url():
        config["site_url"] = f"{site_url()}{language.code}/"
    # JSON is YAML.
    write_if_changed(path, json.dumps(config, ensure_ascii=False, indent=1).encode())
    return path


def navigation(pages: Sequence[Page], words: Words) -> list[dict[str, object]]:
    """The pages as MkDocs wants them: top-level pages, and a list per section that begins with its index."""
    nav: list[dict[str, object]] = []
    inside: dict[str, list[object]] = {}
    for page in pages:
        entry: object = {words(page.title): f"{page.path}.md"}
        if not page.section:
            nav.append({words(page.title): f"{page.path}.md"})
        elif page.section in inside:
            inside[page.section].append(entry)
        else:
            inside[page.section] = [entry]
            nav.append({section_title(page.section, words): inside[page.section]})
    return nav


def build(
    layout: Layout,
    manifest: Manifest,
    words: dict[str, Words],
    pages: Sequence[Page],
    versions: str,
    jobs: int,
    say: Callable[[str], None],
) -> None:
    """Bring ``output/site/<language>`` up to date for every language whose Markdown, theme or settings changed."""
    stale: list[tuple[Language, Path, str]] = []
    for language in LANGUAGES:
        config = configure(layout, language, words[language.code], pages)
        key = _key(layout, language, config, versions)
        if not manifest.fresh(f"mkdocs:{language.code}", key):
            stale.append((language, config, key))

    def one(job: tuple[Language, Path, str]) -> None:
        language, config, key = job
        say(f"site: {language.name}")
        with tempfile.TemporaryDirectory(prefix=f"site-{language.code}-", dir=layout.output) as folder:
            _mkdocs(layout, config, Path(folder))
            made = copy_changed(Path(folder), layout.site / language.code, skip=UNWANTED)
        manifest.remember(f"mkdocs:{language.code}", key, made)

    with ThreadPoolExecutor(max_workers=max(1, min(jobs, len(LANGUAGES)))) as pool:
        for _ in pool.map(one, stale):
            pass


def join(layout: Layout, words: dict[str, Words], pages: Sequence[Page], figures: Iterable[str]) -> None:
    """Write what lies above the languages: the page that sends a reader to theirs, 404, sitemap, figures, tables."""
    env = environment(layout)
    root = layout.site
    context = {
        "languages": [{"code": one.code, "name": one.name, "words": words[one.code]} for one in LANGUAGES],
        "site_url": site_url(),
        "pages": pages,
    }
    made = {root / ".nojekyll": b""}
    for name in ("index.html", "404.html", *(["sitemap.xml"] if site_url() else [])):
        made[root / name] = env.get_template(f"root/{name}.j2").render(context).encode()
    made |= {root / "figures" / name: (layout.figures / name).read_bytes() for name in figures}
    made |= {root / "tables" / path.name: path.read_bytes() for path in layout.tables.glob("*") if path.is_file()}
    for path, data in made.items():
        write_if_changed(path, data)
    ours = {path for one in LANGUAGES for path in (root / one.code).rglob("*") if path.is_file()}
    remove_strangers(root, {*made, *ours})


def copy_changed(source: Path, target: Path, skip: Sequence[str] = ()) -> list[Path]:
    """Make ``target`` hold the files of ``source``, touching only those whose bytes differ; returns all of them."""
    made = []
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.name not in skip:
            made.append(target / path.relative_to(source))
            write_if_changed(made[-1], path.read_bytes())
    remove_strangers(target, made)
    return made


def _key(layout: Layout, language: Language, config: Path, versions: str) -> str:
    parts = [versions.encode(), config.read_bytes(), (layout.root / "mkdocs.yml").read_bytes()]
    for folder in (layout.site_src / language.code, layout.site_src / "theme"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                parts += [path.relative_to(folder).as_posix().encode(), digest_file(path).encode()]
    return digest_bytes(*parts)


def _mkdocs(layout: Layout, config: Path, folder: Path) -> None:
    # The epoch stands in for the clock: the same pages give the same bytes. Material's notice is about a MkDocs
    # that this project does not use.
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "0", "NO_MKDOCS_2_WARNING": "1"}
    # Not --quiet: that hides warnings from --strict as well.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(folder)]
    done = subprocess.run(command, cwd=layout.root, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("INFO")]
        raise UserError(
            "; ".join(lines[-8:]) or "MkDocs failed",
            where=str(config.relative_to(layout.root)),
            remedy="mend the page that is named",
        )
