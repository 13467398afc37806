"""Names of metrics as readers see them, and names of tasks beside one another."""

from generator.record import Catalogue, TaskInfo
from generator.report.i18n import Words


def readable(name: str) -> str:
    """The msgid of a parameter's or a fact's name: ``n_parameters`` is "number of parameters"."""
    spaced = name.replace("_", " ")
    return f"number of {spaced[2:]}" if spaced.startswith("n ") else spaced


def metric_label(words: Words, name: str) -> str:
    """The label of one of the metrics of ``generator.metrics``."""
    labels = {
        "accuracy": words("accuracy"),
        "log_loss": words("log loss"),
        "trustworthiness": words("trustworthiness"),
        "continuity": words("continuity"),
        "neighbour_recall_15": words("recall of the 15 nearest neighbours"),
        "neighbour_accuracy_10": words("accuracy of 10 nearest neighbours on the map"),
        "distance_correlation": words("rank correlation of distances"),
    }
    return labels[name]


def task_label(words: Words, catalogue: Catalogue, task: TaskInfo) -> str:
    """The experiment's title, with the variant's after it if the experiment has several compared ones."""
    declaration = catalogue.experiment(task.experiment)
    title = words(declaration.title)
    compared = [variant for variant in declaration.variants if variant.compared]
    if len(compared) > 1:
        variant = next(variant for variant in declaration.variants if variant.name == task.variant)
        title = words("{method}: {variant}", method=title, variant=words(variant.title))
    return words("{method} (control)", method=title) if declaration.control else title
