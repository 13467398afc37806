"""Test images whose labels are disputed by people who looked at them."""

from dataclasses import dataclass

#: Shown each image, and how many of them are most.
PEOPLE, MAJORITY = 5, 3


@dataclass(frozen=True)
class Disputed:
    """An image for which most people did not choose its label."""

    test: int  # place among the source's own test images
    label: str
    agreed: int  # people who chose the label
    other: str  # what they could choose instead, besides "neither"
    preferred: int  # people who chose that


#: By the name of the source. MNIST's: Northcutt, Athalye and Mueller, "Pervasive label errors in test sets destabilize
#: machine learning benchmarks" (arXiv:2103.14749), who showed people the images on which a model and the label
#: disagree; the votes are those they published. Some of the images are ambiguous: no class was chosen by most.
DISPUTED = {
    "mnist": (
        Disputed(947, "8", 0, "9", 5),
        Disputed(1621, "0", 2, "6", 3),
        Disputed(1901, "9", 2, "4", 3),
        Disputed(2130, "4", 2, "9", 2),
        Disputed(2462, "2", 0, "0", 4),
        Disputed(2597, "5", 0, "3", 4),
        Disputed(2654, "6", 0, "1", 2),
        Disputed(3520, "6", 2, "4", 0),
        Disputed(3558, "5", 1, "0", 4),
        Disputed(5937, "5", 1, "3", 3),
        Disputed(6651, "0", 0, "6", 5),
        Disputed(6783, "1", 2, "6", 3),
        Disputed(8527, "4", 2, "9", 2),
        Disputed(9679, "6", 2, "3", 0),
        Disputed(9729, "5", 2, "6", 3),
    ),
}
