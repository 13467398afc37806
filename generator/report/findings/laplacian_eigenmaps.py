"""What Laplacian eigenmaps make of the graph of nearest neighbours."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results
from generator.report.findings.against import Against, against, scored
from generator.report.findings.compare import Scored
from generator.report.findings.given import number
from generator.report.findings.timing import Spent, spent
from generator.report.findings.tsne_umap import SEARCH

MAIN = "laplacian_eigenmaps-2d"


class Graph(StrEnum):
    CONNECTED = "connected"  # there is a way along the edges from every image to every other
    APART = "apart"  # there is none between some: the first axes show little more than that


@dataclass(frozen=True)
class Eigenmaps:
    accuracy: Scored  # of the ten nearest neighbours
    graph: Graph
    parts: int  # of the graph, between which there are no edges
    eigenvalue: float  # the smallest but 0
    umap: Against | None
    linear: Against | None  # PCA
    times: Spent | None


def laplacian_eigenmaps(results: Results) -> Eigenmaps | None:
    accuracy = scored(results, MAIN, "neighbour_accuracy_10")
    parts, eigenvalue = (number(results, MAIN, name) for name in ("graph_parts", "least_eigenvalue"))
    if accuracy is None or parts is None or eigenvalue is None:
        return None
    return Eigenmaps(
        accuracy=accuracy,
        graph=Graph.CONNECTED if parts == 1 else Graph.APART,
        parts=int(parts),
        eigenvalue=eigenvalue,
        umap=against(results, MAIN, "umap-2d"),
        linear=against(results, MAIN, "pca-2d"),
        times=spent(results, MAIN, SEARCH),
    )
