"""Finds experiments by their file names and reads their declarations."""

import dataclasses
import importlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

import msgspec

from generator.bounds import QUANTITIES, fits, valid
from generator.errors import UserError
from generator.vocabulary import Experiment, Param, Variant

PACKAGE = "generator.experiments"


def module_name(slug: str) -> str:
    """The module of an experiment: its file name is its identity."""
    return f"{PACKAGE}.{slug}"


def slugs(root: Path) -> tuple[str, ...]:
    """Every experiment there is, by file name, without importing any."""
    folder = root.joinpath(*PACKAGE.split("."))
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def in_page_order(experiments: Iterable[Experiment]) -> tuple[Experiment, ...]:
    """As pages and listings have them: maps before classifiers, methods before controls."""
    return tuple(sorted(experiments, key=lambda one: (one.section != "maps", one.control, one.order, one.slug)))


def declare(slug: str) -> Experiment:
    """Import an experiment and read what it declares: as written, with its slug and its parameters filled in.

    Raises ``UserError``, naming the file, for a declaration that is not whole or contradicts itself.
    """
    module = importlib.import_module(module_name(slug))
    where = f"{module_name(slug).replace('.', '/')}.py"
    written = getattr(module, "experiment", None)
    if not isinstance(written, Experiment):
        raise UserError(
            "no `experiment = Experiment(...)` at module level", where=where, remedy="declare one, as in pca.py"
        )
    if not callable(getattr(module, "run", None)):
        raise UserError("no function `run`", where=where, remedy="define run(dataset, params, seed, inputs)")
    if not written.variants:
        raise UserError("no variant", where=where, remedy='declare at least one, e.g. Variant("2d", "Two dimensions")')
    experiment = msgspec.structs.replace(written, slug=slug, params=_params(module, where))
    try:  # what a constructor takes unseen, and a reader of the catalogue would trip over
        experiment = msgspec.convert(msgspec.to_builtins(experiment), Experiment)
    except msgspec.ValidationError as error:
        raise UserError(f"`experiment` is not valid ({error})", where=where, remedy="correct it") from None
    _check_names("variants", (one.name for one in experiment.variants), where)
    params = {one.name: one for one in experiment.params}
    for variant in experiment.variants:
        _check_names("needs", (one.name for one in variant.needs), where)
        _check_variant(variant, params, where)
    return experiment


def _params(module: ModuleType, where: str) -> tuple[Param, ...]:
    """The fields of the experiment's ``Params``."""
    params = getattr(module, "Params", None)
    if not (isinstance(params, type) and dataclasses.is_dataclass(params)):
        raise UserError("no dataclass `Params`", where=where, remedy="define one, with a field for each parameter")
    return tuple(_param(field, where) for field in dataclasses.fields(params))


def _param(field: "dataclasses.Field[object]", where: str) -> Param:
    said = field.metadata.get("param")
    if not isinstance(said, Param) or not isinstance(said.default, bool | int | float | str):
        raise UserError(
            f"parameter {field.name} has no unit or no plain default",
            where=where,
            remedy='write it as `name: type = param(default, unit="...")`',
        )
    declared = field.type if isinstance(field.type, str) else field.type.__name__
    if declared not in {"int", "float", "str", "bool"}:
        raise UserError(
            f"parameter {field.name} is of type {declared}", where=where, remedy="use int, float, str or bool"
        )
    param: Param = msgspec.structs.replace(said, name=field.name, type=declared)
    for bound in (param.above, param.at_least, param.below, param.at_most):
        if isinstance(bound, str) and bound not in QUANTITIES:
            raise UserError(
                f"parameter {param.name} is bounded by {bound!r}, which is no quantity of the data",
                where=where,
                remedy=f"use a number or one of {', '.join(QUANTITIES)}",
            )
    if not fits(param, param.default):
        raise _misfit(f"parameter {param.name}: the default {param.default!r}", param, where)
    return param


def _check_names(what: str, names: Iterable[str], where: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise UserError(f"{count} {what} are called {name}", where=where, remedy="give each a name of its own")


def _check_variant(variant: Variant, params: Mapping[str, Param], where: str) -> None:
    """Raise unless a variant sets and uses only parameters there are, and sets them to valid values; what depends on
    the data is left open.
    """
    for name, value in variant.params.items():
        if name not in params:
            raise UserError(
                f"variant {variant.name} sets {name}, which is no parameter",
                where=where,
                remedy=f"use one of {', '.join(params)}",
            )
        if not fits(params[name], value):
            raise _misfit(f"variant {variant.name}: {name} = {value!r}", params[name], where)
    for name in variant.uses:
        if name not in params:
            raise UserError(
                f"variant {variant.name} uses {name!r}, which is no parameter",
                where=where,
                remedy=f"name those of {', '.join(params) or 'none'}",
            )


def _misfit(what: str, param: Param, where: str) -> UserError:
    return UserError(f"{what} is not valid", where=where, remedy=f"use a value that is {valid(param)}")
