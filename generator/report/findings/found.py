"""All findings together, and the file they are published in."""

from dataclasses import dataclass

import msgspec

from generator.record import Results
from generator.report.findings.autoencoder import Autoencoder, autoencoder
from generator.report.findings.classifier import Classifier, classifiers
from generator.report.findings.contest import Contest, contest
from generator.report.findings.data import Data, data
from generator.report.findings.embeddings import Embeddings, embeddings
from generator.report.findings.errors import Errors, errors
from generator.report.findings.home import Home, home
from generator.report.findings.laplacian_eigenmaps import Eigenmaps, laplacian_eigenmaps
from generator.report.findings.noise import Noise, noise
from generator.report.findings.pca import Pca, pca
from generator.report.findings.random_projection import RandomProjection, random_projection
from generator.report.findings.raw_pixels import RawPixels, raw_pixels
from generator.report.findings.reproduction import Reproduction, reproduction
from generator.report.findings.sample_size import Sizes, sample_size
from generator.report.findings.settings import Settings, settings
from generator.report.findings.softmax import Softmax, softmax
from generator.report.findings.stability import Stability, stability
from generator.report.findings.svc import Kernel, kernel
from generator.report.findings.swiss_roll import Roll, swiss_roll
from generator.report.findings.tsne_umap import Claims, tsne, umap

#: Raised whenever a field changes its name, its type or its meaning; a new field leaves it as it is.
SCHEMA = 1


@dataclass(frozen=True)
class Findings:
    """All findings of a report: what ``output/tables/findings.json`` holds."""

    schema: int
    embeddings: Embeddings | None
    home: Home
    settings: Settings | None
    stability: Stability | None
    contest: Contest | None
    errors: Errors | None
    sample_size: Sizes | None
    reproduction: Reproduction
    autoencoder: Autoencoder | None
    noise: Noise | None
    data: Data
    pca: Pca | None
    tsne: Claims | None
    umap: Claims | None
    laplacian_eigenmaps: Eigenmaps | None
    random_projection: RandomProjection | None
    raw_pixels: RawPixels | None
    swiss_roll: Roll | None
    classifiers: dict[str, Classifier]  # by slug
    svc: Kernel | None
    softmax: Softmax | None


def find(results: Results) -> Findings:
    """Everything the report concludes."""
    return Findings(
        schema=SCHEMA,
        embeddings=embeddings(results),
        home=home(results),
        settings=settings(results),
        stability=stability(results),
        contest=contest(results),
        errors=errors(results),
        sample_size=sample_size(results),
        reproduction=reproduction(results),
        swiss_roll=swiss_roll(results),
        classifiers=classifiers(results),
        svc=kernel(results),
        softmax=softmax(results),
        autoencoder=autoencoder(results),
        noise=noise(results),
        data=data(results),
        pca=pca(results),
        tsne=tsne(results),
        umap=umap(results),
        laplacian_eigenmaps=laplacian_eigenmaps(results),
        random_projection=random_projection(results),
        raw_pixels=raw_pixels(results),
    )


def as_json(found: Findings) -> bytes:
    """``findings.json``, keys in a fixed order."""
    return msgspec.json.format(msgspec.json.encode(found, order="sorted"), indent=1) + b"\n"


def json_schema() -> bytes:
    """The JSON schema of ``findings.json``."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Findings), order="sorted"), indent=1) + b"\n"
