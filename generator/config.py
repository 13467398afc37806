"""Profiles: which data, how to run, and the parameters that differ from the experiments' own."""

import difflib
import json
import math
import re
import tomllib
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from generator.bounds import fits, quantities, valid
from generator.errors import UserError
from generator.record import DataInfo
from generator.vocabulary import Experiment, Fact, Frozen, Param

PROFILES = Path(__file__).parent / "profiles"

#: How alike two names must be, from 0 to 1, for one to be taken for a slip of the other.
NEAR = 0.75

Count = Annotated[int, msgspec.Meta(ge=1)]
CountOrZero = Annotated[int, msgspec.Meta(ge=0)]


class DataConfig(Frozen, frozen=True):
    """Which images. ``path``: the folder that holds ``MNIST/raw``; empty for the project's own ``data`` folder."""

    source: Literal["digits", "mnist"] = "digits"
    path: str = ""


class RunConfig(Frozen, frozen=True):
    """How to run. ``threads``: cores of one experiment. ``jobs``: experiments at once, 0 for as many as fit."""

    seed: CountOrZero = 0
    threads: Count = 1
    jobs: CountOrZero = 0


class Profile(Frozen, frozen=True, kw_only=True):
    """Which data, how to run, and the parameters that differ from the experiments' own."""

    data: DataConfig = DataConfig()
    run: RunConfig = RunConfig()
    experiments: dict[str, Any] = msgspec.field(default_factory=dict)


class Config(Profile, frozen=True, kw_only=True):
    """A profile as read. ``file`` is how messages name it. ``experiments`` is checked only by ``resolve``."""

    name: str
    file: str

    def with_data_path(self, path: str) -> "Config":
        """The same profile with its images in another folder; a source that reads no folder ignores it."""
        absolute = str(Path(path).expanduser().absolute())
        return msgspec.structs.replace(self, data=msgspec.structs.replace(self.data, path=absolute))


def profiles() -> tuple[str, ...]:
    """Names of the built-in profiles."""
    return tuple(sorted(path.stem for path in PROFILES.glob("*.toml")))


def load(name_or_path: str) -> Config:
    """Read a built-in profile by its name, or a TOML file by its path; a relative ``data.path`` starts at the file.

    Raises ``UserError`` for whatever the file gets wrong, naming the file, the dotted key and the nearest valid one.
    """
    if name_or_path in profiles():
        path, file = PROFILES / f"{name_or_path}.toml", f"{name_or_path}.toml"
    else:
        path, file = Path(name_or_path).expanduser(), name_or_path
        if path.suffix != ".toml" and not path.is_file():
            raise UserError(
                f"unknown profile {name_or_path!r}", where="profile", remedy=_suggest(name_or_path, profiles())
            )
    values = _parse(path, file)
    _check_keys(values, file)
    try:
        config = msgspec.convert({**values, "name": path.stem, "file": file}, Config)
    except msgspec.ValidationError as error:
        raise _wrong_value(error, file) from None
    return config.with_data_path(str(path.parent / config.data.path)) if config.data.path else config


def resolve(
    config: Config, declarations: Sequence[Experiment], data: DataInfo
) -> dict[tuple[str, str], dict[str, Fact]]:
    """Parameters of every (slug, variant): the defaults, then the profile's for the experiment, then the variant's own,
    then the profile's for the variant; the later wins, so that what makes a variant what it is stays.

    Raises ``UserError`` for a key, a type or a value that does not fit. Of what depends on the data, only what the
    profile sets is refused: a declared variant that asks too much of few images is left to fail alone.
    """
    known = {one.slug: one for one in declarations}
    for slug, table in config.experiments.items():
        if slug not in known:
            raise _unknown(f"experiments.{slug}", list(known), config.file)
        if not isinstance(table, Mapping):
            raise _wrong_type(f"experiments.{slug}", "a table", table, config.file)
    resolved: dict[tuple[str, str], dict[str, Fact]] = {}
    for declaration in declarations:
        defaults = {param.name: param.default for param in declaration.params}
        shared, by_variant = _overrides(config, declaration)
        for variant in declaration.variants:
            own = by_variant.get(variant.name, {})
            resolved[declaration.slug, variant.name] = {**defaults, **shared, **variant.params, **own}
            at_hand = quantities(data, variant.split, variant.sample)
            for param in declaration.params:
                place, value = declaration.slug, shared.get(param.name)
                if param.name in own:
                    place, value = f"{declaration.slug}.{variant.name}", own[param.name]
                elif param.name in variant.params:
                    continue
                if value is not None and not fits(param, value, at_hand):
                    dotted, task = f"experiments.{place}.{param.name}", f"{declaration.slug}-{variant.name}"
                    raise _misfit(dotted, value, f" for {task}", valid(param, at_hand), config.file)
    return resolved


def _overrides(config: Config, declaration: Experiment) -> tuple[dict[str, Fact], dict[str, dict[str, Fact]]]:
    """What the profile sets for one experiment: for all of its variants, and for each by name."""
    params = {param.name: param for param in declaration.params}
    variants = [variant.name for variant in declaration.variants]
    prefix = f"experiments.{declaration.slug}"
    shared: dict[str, Fact] = {}
    by_variant: dict[str, dict[str, Fact]] = {}
    for key, value in config.experiments.get(declaration.slug, {}).items():
        dotted = f"{prefix}.{key}"
        if key in params:
            shared[key] = _typed(value, params[key], dotted, config.file)
        elif key not in variants:
            raise _unknown(dotted, [*params, *variants], config.file)
        elif not isinstance(value, Mapping):
            raise _wrong_type(dotted, "a table", value, config.file)
        else:
            for name in value:
                if name not in params:
                    raise _unknown(f"{dotted}.{name}", list(params), config.file)
            by_variant[key] = {
                name: _typed(one, params[name], f"{dotted}.{name}", config.file) for name, one in value.items()
            }
    return shared, by_variant


def _typed(value: Any, param: Param, dotted: str, file: str) -> Fact:
    """``value`` as the parameter's type: an integer may stand for a float, a truth value never for a number."""
    meant = float(value) if param.type == "float" and type(value) is int else value
    if type(meant).__name__ != param.type or (param.type == "float" and not math.isfinite(meant)):
        raise _wrong_type(dotted, param.type, value, file)
    if not fits(param, meant):
        raise _misfit(dotted, value, "", valid(param), file)
    return typing.cast(Fact, meant)


def _parse(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = f"name an existing TOML file or one of {', '.join(profiles())}"
        raise UserError("there is no such profile", where=file, remedy=remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read ({error})", where=file, remedy="name a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as error:
        # tomllib has the place only in its message: "Invalid value (at line 3, column 5)".
        message, _, place = str(error).partition(" (at ")
        where = f"{file}, {place.rstrip(')')}" if place else file
        raise UserError(f"not valid TOML: {message}", where=where, remedy="correct that line") from None


def _keys() -> dict[str, Any]:
    """Every dotted key a profile may have outside the experiments' tables, with its type."""
    keys: dict[str, Any] = {}
    for field in msgspec.structs.fields(Profile):
        keys[field.name] = field.type
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            keys |= {f"{field.name}.{inner.name}": inner.type for inner in msgspec.structs.fields(field.type)}
    return keys


def _check_keys(values: Mapping[str, Any], file: str) -> None:
    """Raise for the first key outside the experiments' tables that is none of ``_keys``."""
    known = [key.rpartition(".") for key in _keys()]
    for table, content in values.items():
        inner = content if isinstance(content, Mapping) and table != "experiments" else {}
        for key in (table, *(f"{table}.{name}" for name in inner)):
            if key.rpartition(".") not in known:
                raise _unknown(key, [name for within, _, name in known if within == key.rpartition(".")[0]], file)


def _wrong_value(error: msgspec.ValidationError, file: str) -> UserError:
    """msgspec's complaint (``Expected `int`, got `str` - at `$.run.threads` ``) in our form."""
    message, _, place = str(error).partition(" - at ")
    key = re.sub(r"^`\$\.|`$", "", place)
    options = typing.get_args(kind) if typing.get_origin(kind := _keys().get(key)) is Literal else ()
    remedy = f"use one of {', '.join(options)}" if options else "correct its value"
    return UserError(f"{key}: {message.replace('`', '')}", where=file, remedy=remedy)


def _wrong_type(dotted: str, expected: str, value: Any, file: str) -> UserError:
    got = "a table" if isinstance(value, Mapping) else f"{type(value).__name__} ({value!r})"
    return UserError(f"{dotted}: expected {expected}, got {got}", where=file, remedy="correct its value")


def _misfit(dotted: str, value: Fact, of: str, expected: str, file: str) -> UserError:
    what = f"{dotted} = {json.dumps(value)} is not valid{of}"
    return UserError(what, where=file, remedy=f"use a value that is {expected}")


def _unknown(dotted: str, names: Sequence[str], file: str) -> UserError:
    """``names``: the valid keys in its place, without what stands before them."""
    within, dot, name = dotted.rpartition(".")
    return UserError(f"unknown key {dotted}", where=file, remedy=_suggest(name, names, within + dot))


def _suggest(word: str, names: Sequence[str], within: str = "") -> str:
    """The name that is meant, if one is near; else all there are."""
    nearest = difflib.get_close_matches(word, names, n=1, cutoff=NEAR)
    return f"did you mean {within}{nearest[0]}?" if nearest else f"valid here: {', '.join(names)}"
