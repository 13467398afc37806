"""t-SNE with openTSNE: neighbours of the images stay neighbours on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.dataset import Dataset
from generator.experiment import Embedding, Experiment, Need, Outcome, Study, Variant, param
from generator.layouts import tsne

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
    init: str = param("pca", unit="1", label="initialisation", symbol="init", choices=tsne.Start)


def member(series: str, repeat: int = 0, **params: float | str) -> Variant:
    """One map of a series: of the sample, whose neighbours it finds itself, in fewer steps than all images need."""
    return Variant(
        "",
        params={"steps": SAMPLE_STEPS, **params},
        compared=False,
        series=series,
        sample=SAMPLE,
        repeat=repeat,
        needs={},
    )


experiment = Experiment(
    title="t-SNE",
    summary="Keeps near neighbours near and gives up the other distances",
    section="maps",
    task="embedding",
    params=Params,
    variants={
        "2d": Variant("Two dimensions"),
        **{f"perplexity_{value}": member("perplexity", perplexity=float(value)) for value in PERPLEXITIES},
        **{f"start_{init}": member("start", init=init.value) for init in tsne.Start},
        **{f"seed_{repeat}": member("seed", repeat) for repeat in range(SEEDS)},
    },
    split="official",
    order=2,
    figures=("scatter", "digit_map", "digit_map_dense", "digit_map_parts"),
    needs={"neighbours": Need("neighbours", "exact", counted=True)},
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
