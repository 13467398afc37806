"""All findings together, and the file they are published in."""

from dataclasses import dataclass

import msgspec

from generator.record import Results
from generator.report.findings.data import Data, data
from generator.report.findings.laplacian_eigenmaps import Eigenmaps, laplacian_eigenmaps
from generator.report.findings.pca import Pca, pca
from generator.report.findings.random_projection import RandomProjection, random_projection
from generator.report.findings.raw_pixels import RawPixels, raw_pixels
from generator.report.findings.swiss_roll import Roll, swiss_roll
from generator.report.findings.tsne_umap import Claims, tsne, umap

#: Raised whenever a field changes its name, its type or its meaning; a new field leaves it as it is.
SCHEMA = 1


@dataclass(frozen=True)
class Findings:
    """All findings of a report: what ``output/tables/findings.json`` holds."""

    schema: int
    data: Data
    pca: Pca | None
    tsne: Claims | None
    umap: Claims | None
    laplacian_eigenmaps: Eigenmaps | None
    random_projection: RandomProjection | None
    raw_pixels: RawPixels | None
    swiss_roll: Roll | None


def find(results: Results) -> Findings:
    """Everything the report concludes."""
    return Findings(
        schema=SCHEMA,
        data=data(results),
        pca=pca(results),
        tsne=tsne(results),
        umap=umap(results),
        laplacian_eigenmaps=laplacian_eigenmaps(results),
        random_projection=random_projection(results),
        raw_pixels=raw_pixels(results),
        swiss_roll=swiss_roll(results),
    )


def as_json(found: Findings) -> bytes:
    """``findings.json``, keys in a fixed order."""
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=1) + b"\n"


def json_schema() -> bytes:
    """The JSON schema of ``findings.json``."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Findings), order="sorted"), indent=1) + b"\n"
