"""Whatever is computed is shown: a task whose numbers change no page is computed for nothing."""

from pathlib import Path

import msgspec

from generator.metric import Metric
from generator.record import Record, Results
from generator.report import context, published, render
from generator.report.context import Book, Here
from generator.report.findings.found import find
from generator.report.i18n import SOURCE, load
from tests.sites import make_sources
from tests.test_verdicts import KNOWN_FIGURES

#: Pages of a section that bring its methods together.
TOGETHER = ("index", "maps/index", "maps/settings", "classifiers/index", "classifiers/sample_size", "reproduction")


def moved(record: Record) -> Record:
    """The same result with other numbers."""
    metrics = tuple(_moved(one) for one in record.metrics)
    facts = {name: value * 0.37 if type(value) is float else value for name, value in record.facts.items()}
    return msgspec.structs.replace(record, metrics=metrics, facts=facts)


def _moved(metric: Metric) -> Metric:
    low, high = (None if end is None else 0.37 * end for end in (metric.low, metric.high))
    blocks = tuple(0.37 * one for one in metric.blocks)
    return msgspec.structs.replace(metric, value=0.37 * metric.value, low=low, high=high, blocks=blocks)


def test_every_task_is_shown_somewhere(tmp_path: Path) -> None:
    layout = make_sources(tmp_path)
    words, env = load(layout, SOURCE), render.environment(layout)

    def pages(results: Results, paths: list[str]) -> dict[str, str]:
        book = Book(results, words, {}, published.load(), (), find(results))
        return {path: render.page(env, layout, book, Here(book, book.page(path), KNOWN_FIGURES)) for path in paths}

    catalogue = Results(layout.records).catalogue
    shown = context.pages(catalogue.experiments)
    before = pages(Results(layout.records), [one.path for one in shown])
    # What another needs is shown by it; as large a sample as all is the setting itself; one figure has its own test.
    needed = {
        f"{need.experiment}-{need.variant}"
        for one in catalogue.experiments
        for variant in one.variants
        for need in variant.needs
    }
    n_train = catalogue.data.n_train
    unseen = []
    for task in catalogue.tasks:
        declared = catalogue.experiment(task.experiment)
        results = Results(layout.records)
        results.records[task.id] = moved(results.records[task.id])
        paths = [f"{declared.section}/{declared.parent or declared.slug}", *TOGETHER]
        drawn = catalogue.variant(task).series == "latent" and "latent_error" in declared.figures
        if (
            task.id not in needed
            and task.sample <= n_train
            and not drawn
            and pages(results, paths) == {path: before[path] for path in paths}
        ):
            unseen.append(task.id)
    assert not unseen, "\n".join(unseen)
