"""Finds experiments by their file names and reads their declarations."""

import dataclasses
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.bounds import QUANTITIES, fits, valid
from generator.errors import UserError
from generator.experiment import Experiment, Need, Variant
from generator.record import (
    Declaration,
    NeedDeclaration,
    ParamDeclaration,
    VariantDeclaration,
)

PACKAGE = "generator.experiments"


def module_name(slug: str) -> str:
    """The module of an experiment: its file name is its identity."""
    return f"{PACKAGE}.{slug}"


def slugs(root: Path) -> tuple[str, ...]:
    """Every experiment there is, by file name, without importing any."""
    folder = root.joinpath(*PACKAGE.split("."))
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def declare(slug: str) -> Declaration:
    """Import an experiment and read what it declares."""
    module = importlib.import_module(module_name(slug))
    where = f"{module_name(slug).replace('.', '/')}.py"
    experiment = getattr(module, "experiment", None)
    if not isinstance(experiment, Experiment):
        raise UserError(
            "no `experiment = Experiment(...)` at module level", where=where, remedy="declare one, as in pca.py"
        )
    if not callable(getattr(module, "run", None)):
        raise UserError("no function `run`", where=where, remedy="define run(dataset, params, seed, inputs)")
    if not experiment.variants:
        raise UserError("no variant", where=where, remedy='declare at least one, e.g. {"2d": Variant(title="2-D")}')
    params = tuple(_parameter(field, where) for field in dataclasses.fields(experiment.params))
    for name, variant in experiment.variants.items():
        _check_variant(name, variant, params, where)
    return Declaration(
        slug=slug,
        title=experiment.title,
        summary=experiment.summary,
        section=experiment.section,
        task=experiment.task,
        order=experiment.order,
        control=experiment.control,
        figures=experiment.figures,
        params=params,
        variants=tuple(
            VariantDeclaration(
                name=name,
                title=variant.title,
                params=dict(variant.params),
                split=variant.split or experiment.split,
                compared=variant.compared and not variant.series,
                needs=_needs(experiment.needs if variant.needs is None else variant.needs),
                series=variant.series,
                sample=variant.sample,
                repeat=variant.repeat,
                uses=_uses(name, variant.uses, experiment.params, where),
            )
            for name, variant in experiment.variants.items()
        ),
        parent=experiment.parent,
        material=experiment.material,
        deterministic=experiment.deterministic,
    )


def _uses(variant: str, uses: tuple[str, ...], params: type, where: str) -> tuple[str, ...]:
    known = [field.name for field in dataclasses.fields(params)]
    for name in uses:
        if name not in known:
            raise UserError(
                f"variant {variant} uses {name!r}, which is no parameter",
                where=where,
                remedy=f"name those of {', '.join(known) or 'none'}",
            )
    return uses


def _needs(needs: Mapping[str, Need]) -> tuple[NeedDeclaration, ...]:
    return tuple(NeedDeclaration(name, need.experiment, need.variant, need.counted) for name, need in needs.items())


def _parameter(field: "dataclasses.Field[object]", where: str) -> ParamDeclaration:
    if "unit" not in field.metadata or not isinstance(field.default, bool | int | float | str):
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
    param = ParamDeclaration(
        name=field.name,
        type=declared,  # type: ignore[arg-type]  # checked just above
        default=field.default,
        **field.metadata,
    )
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


def _check_variant(name: str, variant: Variant, params: Sequence[ParamDeclaration], where: str) -> None:
    """Raise unless a variant sets only parameters there are, to valid values; what depends on the data is left open."""
    known = {param.name: param for param in params}
    for key, value in variant.params.items():
        if key not in known:
            raise UserError(
                f"variant {name} sets {key}, which is no parameter",
                where=where,
                remedy=f"use one of {', '.join(known)}",
            )
        if not fits(known[key], value):
            raise _misfit(f"variant {name}: {key} = {value!r}", known[key], where)


def _misfit(what: str, param: ParamDeclaration, where: str) -> UserError:
    return UserError(f"{what} is not valid", where=where, remedy=f"use a value that is {valid(param)}")
