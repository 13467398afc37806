"""The command line: the only part of the program that prints or exits."""

import errno
import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from generator.errors import UserError
from generator.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.config import Config
    from generator.engine.events import Listener
    from generator.engine.refresh import Ran
    from generator.fingerprint import CodeIndex
    from generator.manifest import Manifest
    from generator.report.build import Built

#: What the operating system says when a disk, a quota or a permission is in the way.
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES)


def main() -> NoReturn:
    """Exit with 0 if all is well, 1 if an experiment failed, 2 if the input is at fault, 130 if interrupted."""
    try:
        sys.exit(cli(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        where = error.filename or Layout().output
        click.echo(f"error: {where}: {error.strerror}; free or allow some space there and run again", err=True)
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what was finished is kept, run again to go on", err=True)
        sys.exit(130)


profile_option = click.option(
    "--profile",
    envvar="HIKAKU_PROFILE",
    default="quick",
    show_default=True,
    help="A built-in profile (quick: scikit-learn's digits; mnist: the articles' scale) or the path of a TOML file.",
)
data_option = click.option(
    "--data",
    envvar="HIKAKU_DATA",
    metavar="FOLDER",
    help="Folder that holds MNIST/raw with the four IDX files. Default: ./data, downloaded when first needed.",
)
tasks_argument = click.argument("tasks", nargs=-1, metavar="[TASK]...")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Run experiments on small images and publish what they show, in English and Japanese.

    A TASK is an experiment (`tsne`) or one variant of it (`tsne-2d`); none means all. Whatever an edit does not
    touch is not computed again.

    Exit codes: 0 all is well, 1 an experiment failed, 2 the input is at fault, 130 interrupted.
    """


@cli.command()
@profile_option
@data_option
def site(profile: str, data: str | None) -> int:
    """Compute what is stale and build the site (what `make site` does)."""
    started = time.perf_counter()
    layout, config = Layout(), _config(profile, data)
    with _reporting() as listener:
        ran, built = _site(layout, config, listener)
    _tell(ran)
    click.echo(
        f"{len(ran.computed)} tasks computed, {len(ran.restored)} restored, {len(ran.fresh)} fresh, "
        f"{len(ran.failed)} failed; {len(built.written)} files written; {time.perf_counter() - started:.1f} s"
    )
    if built.written:
        click.echo(f"site: {layout.site.relative_to(layout.root) / 'index.html'} (look at it with `make serve`)")
    return 1 if ran.failed else 0


@cli.command()
@tasks_argument
@profile_option
@data_option
def run(tasks: tuple[str, ...], profile: str, data: str | None) -> int:
    """Compute what is stale, and leave the site as it is."""
    from generator.engine.lock import only_one
    from generator.engine.refresh import Engine

    started = time.perf_counter()
    layout, config = Layout(), _config(profile, data)
    with _reporting() as listener, only_one(layout, listener):
        ran = Engine.look(layout, config, listener).run(tasks, listener)
    _tell(ran)
    click.echo(
        f"{len(ran.computed)} tasks computed, {len(ran.restored)} restored, {len(ran.fresh)} fresh, "
        f"{len(ran.failed)} failed; {time.perf_counter() - started:.1f} s"
    )
    return 1 if ran.failed else 0


@cli.command()
def render() -> None:
    """Build figures, tables and the site from the records as they are."""
    from generator.engine.lock import only_one
    from generator.engine.machine import available_cores
    from generator.fingerprint import CodeIndex
    from generator.manifest import Manifest

    layout = Layout()
    with _reporting() as listener, only_one(layout, listener):
        code = CodeIndex(layout.root, layout.cache)
        manifest = Manifest.load(layout.cache / "manifest.json", layout.root)
        built = _render(layout, code, manifest, available_cores(), listener)
    click.echo(f"{len(built.written)} files written")


@cli.command("list")
def list_experiments() -> None:
    """List the experiments with their variants, their parameters and what is valid for them."""
    from generator.bounds import valid
    from generator.engine.refresh import declared

    for one in declared(Layout(), lambda event: None):
        control = " (control)" if one.control else ""
        click.echo(f"{one.slug}: {one.title}{control} [{one.section}]")
        click.echo(f"    {one.summary}")
        for variant in one.variants:
            changed = ", ".join(f"{name}={value}" for name, value in variant.params.items())
            click.echo(f"    {one.slug}-{variant.name}: {variant.title}{f' ({changed})' if changed else ''}")
        for param in one.params:
            unit = "" if param.unit == "1" else f" {param.unit}"
            expected = valid(param)
            click.echo(f"    {param.name} = {param.default}{unit}{f' ({expected})' if expected else ''}")


@cli.command()
def schema() -> None:
    """Print the JSON schema of profiles, from which an editor completes and checks them."""
    from generator.engine.refresh import declared
    from generator.schema import profile_schema

    click.echo(json.dumps(profile_schema(declared(Layout(), lambda event: None)), ensure_ascii=False, indent=1))


@cli.command()
@tasks_argument
@profile_option
@data_option
def explain(tasks: tuple[str, ...], profile: str, data: str | None) -> None:
    """Say for each task whether it is fresh, or what changed and what computing it will cost."""
    from generator.cli.progress import duration
    from generator.engine.lock import only_one
    from generator.engine.refresh import Engine

    layout, config = Layout(), _config(profile, data)
    with _reporting() as listener, only_one(layout, listener):
        explained = Engine.look(layout, config, listener).explain(tasks)
    width = max((len(one.task) for one in explained), default=0)
    for one in explained:
        if not one.reasons:
            click.echo(f"{one.task:<{width}}  fresh")
        else:
            cost = "cost unknown" if one.expected_s is None else f"about {duration(one.expected_s)}"
            click.echo(f"{one.task:<{width}}  {'; '.join(one.reasons)} ({cost})")


@cli.command()
@click.option("--days", default=30, show_default=True, help="Keep old results that were used in the last DAYS days.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def gc(days: int, dry_run: bool) -> None:
    """Remove old results from the cache; those the site shows now always stay."""
    from generator.engine.collect import collect
    from generator.engine.lock import only_one

    layout = Layout()
    with _reporting() as listener, only_one(layout, listener):
        removed = collect(layout, older_than_s=days * 86400, dry_run=dry_run)
    verb = "would remove" if dry_run else "removed"
    click.echo(f"{verb} {removed.count} results, {removed.size / 2**20:.1f} MiB")


@cli.command()
@profile_option
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(profile: str, data: str | None, host: str, port: int) -> None:
    """Serve the site here; rebuild it and reload the browser when a source file is saved."""
    from generator.cli.serve import serve_site

    _config(profile, data)  # a wrong profile is best heard of before anything starts
    serve_site(Layout(), profile, data, host, port, click.echo)


def _config(profile: str, data: str | None) -> "Config":
    from generator.config import load

    config = load(profile)
    return config.with_data_path(data) if data else config


def _site(layout: Layout, config: "Config", listener: "Listener") -> "tuple[Ran, Built]":
    from generator.engine.lock import only_one
    from generator.engine.refresh import Engine

    with only_one(layout, listener):
        engine = Engine.look(layout, config, listener)
        ran = engine.run((), listener)
        return ran, _render(layout, engine.code, engine.state.manifest, engine.jobs, listener)


def _render(layout: Layout, code: "CodeIndex", manifest: "Manifest", jobs: int, listener: "Listener") -> "Built":
    from generator.engine.events import Note
    from generator.report.build import build

    try:
        return build(layout, code, manifest, jobs, lambda text: listener(Note(text)))
    finally:
        manifest.save()
        code.save()


@contextmanager
def _reporting() -> "Iterator[Listener]":
    from generator.cli.progress import reporting

    with reporting(click.echo) as listener:
        yield listener


def _tell(ran: "Ran") -> None:
    """Name what failed; the tracebacks were printed when it happened."""
    for task in ran.failed:
        click.echo(f"failed: {task}", err=True)
