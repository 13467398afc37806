"""Test images whose labels are known to be wrong, because people looked at them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mislabelled:
    """An image in which most of five people did not see what its label says."""

    test: int  # place among the source's own test images
    label: str
    agreed: int  # people who saw what the label says
    other: str  # what they could choose instead, besides "neither"
    preferred: int  # people who saw that


#: By the name of the source. MNIST's: Northcutt, Athalye and Mueller, "Pervasive label errors in test sets destabilize
#: machine learning benchmarks" (arXiv:2103.14749), who showed people the images that a model and the label dispute; the
#: votes are those they published.
KNOWN = {
    "mnist": (
        Mislabelled(947, "8", 0, "9", 5),
        Mislabelled(1621, "0", 2, "6", 3),
        Mislabelled(1901, "9", 2, "4", 3),
        Mislabelled(2130, "4", 2, "9", 2),
        Mislabelled(2462, "2", 0, "0", 4),
        Mislabelled(2597, "5", 0, "3", 4),
        Mislabelled(2654, "6", 0, "1", 2),
        Mislabelled(3520, "6", 2, "4", 0),
        Mislabelled(3558, "5", 1, "0", 4),
        Mislabelled(5937, "5", 1, "3", 3),
        Mislabelled(6651, "0", 0, "6", 5),
        Mislabelled(6783, "1", 2, "6", 3),
        Mislabelled(8527, "4", 2, "9", 2),
        Mislabelled(9679, "6", 2, "3", 0),
        Mislabelled(9729, "5", 2, "6", 3),
    ),
}
