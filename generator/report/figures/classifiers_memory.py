"""Accuracy against the memory it took: what another mebibyte buys."""

from generator.record import Results
from generator.report.figures.classifiers_cost import bargain, measured, told
from generator.report.figures.style import Picture
from generator.report.i18n import Words
from generator.report.tables import MIB

SUBJECT = "classifiers"


def draw(results: Results, words: Words) -> Picture | None:
    shown = measured(results)
    if not shown:
        return None
    costs = [measures.peak_bytes / MIB for _, _, measures in shown]
    alt = words(
        "Accuracy against peak memory: {methods}; Pareto front: {front}",
        **told(results, shown, [words.size(measures.peak_bytes) for _, _, measures in shown], costs, words),
    )
    caption = words(
        "Accuracy, with its 95 % interval, against the peak memory of the whole process, libraries and "
        "images included; up and to the left is better. A diamond is the tuned setting, joined to the "
        "article's. The stepped line is the Pareto front"
    )
    return Picture(alt, caption, lambda theme: bargain(results, shown, costs, words("peak memory (MiB)"), words, theme))
