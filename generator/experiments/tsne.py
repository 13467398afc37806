"""t-SNE with openTSNE: neighbours of the images stay neighbours on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.dataset import Dataset
from generator.layouts import tsne
from generator.vocabulary import Embedding, Experiment, Need, Outcome, Study, Variant, param

SAMPLE = 10_000  # images of each map in a series
SAMPLE_STEPS = 250
PERPLEXITIES = (5, 15, 30, 100, 500)
SEEDS = 5


@dataclass(frozen=True)
class Params:
    perplexity: float = param(30.0, unit="1", symbol="perplexity", at_least=1)
    early_exaggeration: float = param(12.0, unit="1", at_least=1)
    early_steps: int = param(250, unit="1", at_least=0)
    steps: int = param(750, unit="1", at_least=1)
    init: str = param("pca", unit="1", label="initialisation", symbol="init", choices=tuple(tsne.Start))


def member(name: str, series: str, repeat: int = 0, **params: float | str) -> Variant:
    """One map of a series: of the sample, whose neighbours it finds itself, in fewer steps than all images need."""
    return Variant(name, params={"steps": SAMPLE_STEPS, **params}, series=series, sample=SAMPLE, repeat=repeat)


experiment = Experiment(
    title="t-SNE",
    summary="Keeps near neighbours near and gives up the other distances",
    section="maps",
    task="embedding",
    variants=(
        Variant("2d", "Two dimensions", needs=(Need("neighbours", "neighbours", "exact", counted=True),)),
        *(member(f"perplexity_{value}", "perplexity", perplexity=float(value)) for value in PERPLEXITIES),
        *(member(f"start_{init}", "start", init=init.value) for init in tsne.Start),
        *(member(f"seed_{repeat}", "seed", repeat) for repeat in range(SEEDS)),
    ),
    order=2,
    figures=("scatter", "digit_map", "digit_map_dense", "digit_map_parts"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Map the training images to the plane by their exact neighbours among the raw pixels."""
    found = inputs.get("neighbours")
    placed = tsne.lay_out(
        dataset.train.flat(),
        seed=seed,
        found=found.arrays if isinstance(found, Study) else None,
        perplexity=params.perplexity,
        early_exaggeration=params.early_exaggeration,
        early_steps=params.early_steps,
        steps=params.steps,
        init=tsne.Start(params.init),
    )
    return Embedding(
        coordinates=placed.coordinates,  # (n, 2)
        facts={"kl_divergence": placed.kl_divergence, "perplexity_used": placed.perplexity},
    )
