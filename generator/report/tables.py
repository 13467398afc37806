"""The numbers of the site as CSV and JSON files, and as the rows that page tables show."""

import csv
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from generator.files import write_if_changed
from generator.layout import Layout
from generator.metric import Metric
from generator.record import Fact, Measures, Record, Results
from generator.report.classifiers import Answers, answers, fit_s
from generator.schema import profile_schema

Section = Literal["maps", "classifiers"]
SECTIONS: tuple[Section, ...] = ("maps", "classifiers")
#: The score by which a section is sorted.
HEADLINE: dict[Section, str] = {"maps": "trustworthiness", "classifiers": "accuracy"}
#: What the scores of a map speak of: its neighbourhoods, the whole, or the classes, which no map has seen.
PURPOSES: dict[str, tuple[str, ...]] = {
    "local": (
        "trustworthiness",
        "continuity",
        "neighbour_recall_15",
        "neighbour_recall_30",
        "neighbour_recall_100",
    ),
    "global": ("distance_correlation", "triplet_accuracy"),
    "classes": ("neighbour_accuracy_10", "silhouette"),
}
#: A control that keeps more numbers than this for each image is no map: what it scores is the ceiling.
MOST_DIMENSIONS = 3
MIB = 2**20
SCHEMA = "profile.schema.json"

Cell = str | int | float | None


@dataclass(frozen=True)
class Row:
    """One compared task beside the others of its section. Without a result, its metrics are empty."""

    task: str
    experiment: str
    variant: str
    title: str  # English, as declared
    variant_title: str
    control: bool
    status: Literal["done", "failed", "not run"]
    tied: bool  # no telling it from the best: the 95 % intervals of their headline scores meet
    metrics: tuple[Metric, ...]
    measures: Measures | None
    n_parameters: int | None  # None where the method learns no parameters that could be counted
    n_dimensions: int | None  # numbers kept for each image; None for a classifier
    n_test: int | None  # images predicted; None for a map
    params: dict[str, Fact]
    group: str = ""  # letters; two rows that share one are not told apart; "": not tested

    @property
    def role(self) -> Literal["method", "floor", "ceiling"]:
        """A control is a floor, or a ceiling if it shows more than a map can."""
        if not self.control:
            return "method"
        return "floor" if self.n_dimensions is None or self.n_dimensions <= MOST_DIMENSIONS else "ceiling"

    def metric(self, name: str) -> Metric | None:
        return next((one for one in self.metrics if one.name == name), None)


def rows(results: Results, section: Section) -> tuple[Row, ...]:
    """The compared tasks of a section, best first by the headline score; those without a result last."""
    catalogue = results.catalogue
    headline = HEADLINE[section]
    found = []
    for declaration in catalogue.experiments:
        if declaration.section != section or declaration.task == "study":
            continue
        variants = {variant.name: variant for variant in declaration.variants}
        for task in catalogue.tasks_of(declaration.slug):
            variant = variants[task.variant]
            record = results.records.get(task.id)
            done = record is not None and record.failure is None
            if variant.compared and not variant.series:
                found.append(
                    Row(
                        task=task.id,
                        experiment=declaration.slug,
                        variant=variant.name,
                        title=declaration.title,
                        variant_title=variant.title,
                        control=declaration.control,
                        status="done" if done else "not run" if record is None else "failed",
                        tied=False,
                        metrics=record.metrics if record is not None else (),
                        measures=record.measures if record is not None else None,
                        n_parameters=_n_parameters(record),
                        n_dimensions=_n_dimensions(record),
                        n_test=_n_test(record),
                        params=catalogue.setting(task).params,
                    )
                )
    scored = [row for row in found if row.metric(headline) is not None]
    scored.sort(key=lambda row: _worth(row, headline), reverse=True)
    unscored = [row for row in found if row.metric(headline) is None]
    return (*(_tie(row, scored[0], headline) for row in scored), *unscored)


def _worth(row: Row, headline: str) -> float:
    metric = row.metric(headline)
    assert metric is not None
    return metric.value if metric.better == "higher" else -metric.value


def _tie(row: Row, best: Row, headline: str) -> Row:
    low, high = _interval(row, headline)
    best_low, best_high = _interval(best, headline)
    tied = row is not best and low <= best_high and best_low <= high
    return replace(row, tied=tied)


def _interval(row: Row, headline: str) -> tuple[float, float]:
    """The 95 % interval of a score; of one without, the score itself."""
    metric = row.metric(headline)
    assert metric is not None
    if metric.low is None or metric.high is None:
        return metric.value, metric.value
    return metric.low, metric.high


def _n_parameters(record: Record | None) -> int | None:
    count = None if record is None else record.facts.get("n_parameters")
    return int(count) if count is not None else None


def _n_dimensions(record: Record | None) -> int | None:
    if record is None or "coordinates" not in record.arrays:
        return None
    return record.arrays["coordinates"].shape[1]


def _n_test(record: Record | None) -> int | None:
    if record is None or "predictions" not in record.arrays:
        return None
    return record.arrays["predictions"].shape[0]


def write_tables(results: Results, layout: Layout) -> tuple[Path, ...]:
    """Bring output/tables up to date: ``<section>`` and ``<task>`` as CSV and JSON, ``classifiers-tests.csv``,
    ``<task>-confusion.csv``, ``<task>-weights.pt`` for a network that is not one of a series, as PyTorch loads it, and
    the schema of profiles.

    Returns the files whose bytes changed; files of tasks that are gone are removed.
    """
    made = {SCHEMA: _json(profile_schema(results.catalogue.experiments))}
    for section in SECTIONS:
        found = rows(results, section)
        if section == "classifiers" and (said := answers(results, found)) is not None:
            found = tuple(replace(row, group=said.letters.get(row.task, "")) for row in found)
            made[f"{section}-tests.csv"] = _csv(_tests(said))
        made[f"{section}.csv"] = _csv([_cells(row) for row in found])
        made[f"{section}.json"] = _json(found)
    for task in results.catalogue.tasks:
        record = results.records.get(task.id)
        if record is None or record.failure is not None:
            continue
        made[f"{task.id}.csv"] = _csv(_quantities(record))
        made[f"{task.id}.json"] = _json(
            {
                "task": task,
                "data": results.catalogue.data,
                "metrics": record.metrics,
                "facts": record.facts,
                "measures": record.measures,
                "provenance": record.provenance,
            }
        )
        if "confusion" in record.arrays:
            names = results.catalogue.data.class_names
            counts = results.array(task.id, "confusion")
            made[f"{task.id}-confusion.csv"] = _csv(
                [
                    {"true class": name, **{f"predicted {other}": int(n) for other, n in zip(names, line, strict=True)}}
                    for name, line in zip(names, counts, strict=True)
                ]
            )
        variants = {one.name: one for one in results.catalogue.experiment(task.experiment).variants}
        if "state" in record.arrays and not variants[task.variant].series:
            made[f"{task.id}-weights.pt"] = results.array(task.id, "state").tobytes()
    changed = [layout.tables / name for name, data in made.items() if write_if_changed(layout.tables / name, data)]
    for path in layout.tables.iterdir():
        if path.name not in made:
            path.unlink()
    return tuple(changed)


def _cells(row: Row) -> dict[str, Cell]:
    """One line of a section's CSV."""
    cells: dict[str, Cell] = {
        "task": row.task,
        "method": row.title,
        "variant": row.variant_title,
        "control": int(row.control),
        "status": row.status,
        "tied with the best": int(row.tied),
    }
    if row.group:
        cells["group"] = row.group
    for metric in row.metrics:
        name = _header(metric)
        cells[name] = metric.value
        if metric.low is not None:
            cells |= {f"{name} low 95 %": metric.low, f"{name} high 95 %": metric.high}
    if row.measures is not None:
        cells |= _cost(row.measures, row.n_test)
    if row.n_parameters is not None:
        cells["n_parameters"] = row.n_parameters
    cells["params"] = "; ".join(f"{name}={value}" for name, value in sorted(row.params.items()))
    return cells


def _header(metric: Metric) -> str:
    return metric.name if metric.unit == "1" else f"{metric.name} ({metric.unit})"


def _cost(measures: Measures, n_test: int | None) -> dict[str, Cell]:
    cells: dict[str, Cell] = {"wall (s)": measures.wall_s, "CPU (s)": measures.cpu_s}
    if measures.predict_wall_s is not None and n_test:
        cells |= {"fit (s)": fit_s(measures), "prediction (s per image)": measures.predict_wall_s / n_test}
    return cells | {"peak memory (MiB)": round(measures.peak_bytes / MIB, 1), "threads": measures.threads}


def _tests(said: Answers) -> list[dict[str, Cell]]:
    """A line for every two classifiers, the better first: on how many test images one alone is right, and how probable
    a division so uneven is by chance.
    """
    return [
        {
            "first": said.tasks[pair.first],
            "second": said.tasks[pair.second],
            "only first right": pair.only_first,
            "only second right": pair.only_second,
            "p (McNemar, exact)": pair.p,
            "p (Holm)": pair.adjusted,
            "apart": int(pair.apart),
        }
        for pair in said.pairs
    ]


def _quantities(record: Record) -> list[dict[str, Cell]]:
    """One task's CSV: a line for each metric, cost and fact."""
    assert record.measures is not None
    lines: list[dict[str, Cell]] = [
        {"quantity": _header(one), "value": one.value, "low 95 %": one.low, "high 95 %": one.high}
        for one in record.metrics
    ]
    lines += [{"quantity": name, "value": value} for name, value in _cost(record.measures, _n_test(record)).items()]
    lines += [{"quantity": name, "value": value} for name, value in sorted(record.facts.items())]
    return lines


def _csv(lines: list[dict[str, Cell]]) -> bytes:
    """RFC 4180 but for plain line feeds; a column for every key, in order of first appearance."""
    columns = list(dict.fromkeys(name for line in lines for name in line))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue().encode()


def _json(value: object) -> bytes:
    plain = msgspec.to_builtins(value)
    return (json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
