"""How much of the images an embedding's scores look at: their k and n, which pages state beside them."""

from dataclasses import dataclass

NEIGHBOURS = 15  # neighbourhood of trustworthiness and continuity
RECALLED = (15, 30, 100)  # neighbourhoods that are recalled
VOTERS = 10  # neighbours that vote on a label
SUBSAMPLES = 5  # disjoint ones, in each of which ranks are taken
SAMPLE = 2_000  # images of such a subsample, whose neighbours are recalled, or whose silhouette is taken, at most
HELD_OUT = 1 / 6  # of the images: 10,000 of 60,000, whose labels the others vote on
PAIRS = 20_000  # pairs and triplets whose distances are compared, at most


@dataclass(frozen=True)
class Extent:
    """What one score is taken on."""

    n: int  # images; of the scores of distances, pairs or triplets
    k: int = 0  # nearest neighbours of each image; 0: the score asks for none
    among: int = 0  # images among which they are looked for
    parts: int = 1  # disjoint subsamples of n images, whose scores are averaged


def extents(n: int) -> dict[str, Extent]:
    """What each score of an embedding of ``n`` images is taken on, by its name."""
    some, size = min(SAMPLE, n), min(SAMPLE, n // SUBSAMPLES)
    near = Extent(size, min(NEIGHBOURS, (size - 1) // 2), size, SUBSAMPLES)
    held_out = round(HELD_OUT * n)
    return {
        "trustworthiness": near,
        "continuity": near,
        **{f"neighbour_recall_{k}": Extent(some, k, n) for k in RECALLED if 2 * k < n},
        f"neighbour_accuracy_{VOTERS}": Extent(held_out, VOTERS, n - held_out),
        "distance_correlation": Extent(min(PAIRS, n // 2)),
        "triplet_accuracy": Extent(min(PAIRS, n // 3)),
        "silhouette": Extent(some),
    }
