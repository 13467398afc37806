"""The JSON schema of profiles, from which an editor completes and checks them while they are written."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from generator.bounds import valid
from generator.config import Profile
from generator.vocabulary import Experiment, Param

TYPES = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}


def profile_schema(declarations: Sequence[Experiment]) -> dict[str, Any]:
    """JSON Schema 2020-12: the fixed part, and a table for each experiment. Bounds by the data are only described."""
    schema = msgspec.json.schema(Profile)
    tables = {one.slug: _experiment(one) for one in declarations}
    schema["$defs"]["Profile"]["properties"]["experiments"] = _table(tables)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Hikaku profile", **schema}


def _experiment(declaration: Experiment) -> dict[str, Any]:
    """Parameters for all variants, and a table of the same for each variant."""
    params = {param.name: _parameter(param) for param in declaration.params}
    variants = {variant.name: _table(params, variant.title) for variant in declaration.variants}
    return _table({**params, **variants}, declaration.summary)


def _table(properties: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    described = {"description": description} if description else {}
    return {"type": "object", **described, "properties": dict(properties), "additionalProperties": False}


def _parameter(param: Param) -> dict[str, Any]:
    parts = (param.label, param.unit if param.unit != "1" else "", valid(param))
    described = "; ".join(part for part in parts if part)
    schema = {"type": TYPES[param.type], "default": param.default, **({"description": described} if described else {})}
    if param.choices:
        return {**schema, "enum": list(param.choices)}
    bounds = {
        "exclusiveMinimum": param.above,
        "minimum": param.at_least,
        "exclusiveMaximum": param.below,
        "maximum": param.at_most,
    }
    limits = {name: bound for name, bound in bounds.items() if isinstance(bound, int | float)}
    return {**schema, **({"anyOf": [{"const": 0}, limits]} if param.zero else limits)}
