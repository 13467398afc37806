"""All findings together, and the file they are published in."""

from dataclasses import dataclass

import msgspec

from generator.record import Results
from generator.report.findings.autoencoder import Autoencoder, autoencoder
from generator.report.findings.noise import Noise, noise
from generator.report.findings.swiss_roll import Roll, swiss_roll

#: Raised whenever a field changes its name, its type or its meaning; a new field leaves it as it is.
SCHEMA = 1


@dataclass(frozen=True)
class Findings:
    """All findings of a report: what ``output/tables/findings.json`` holds."""

    schema: int
    autoencoder: Autoencoder | None
    noise: Noise | None
    swiss_roll: Roll | None


def find(results: Results) -> Findings:
    """Everything the report concludes."""
    return Findings(
        schema=SCHEMA,
        autoencoder=autoencoder(results),
        noise=noise(results),
        swiss_roll=swiss_roll(results),
    )


def as_json(found: Findings) -> bytes:
    """``findings.json``, keys in a fixed order."""
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=1) + b"\n"


def json_schema() -> bytes:
    """The JSON schema of ``findings.json``."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Findings), order="sorted"), indent=1) + b"\n"
