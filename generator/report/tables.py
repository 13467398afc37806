"""The numbers of the site as CSV and JSON files, and as the rows that page tables show."""

import csv
import io
import json
from pathlib import Path

import msgspec

from generator.files import write_if_changed
from generator.layout import Layout
from generator.metric import Metric
from generator.record import Measures, Record, Results
from generator.report.classifiers import fit_s
from generator.report.findings import found
from generator.report.findings.compare import Comparison
from generator.report.rows import SECTIONS, Row, n_test, ranking, rows
from generator.schema import profile_schema

MIB = 2**20
SCHEMA = "profile.schema.json"

Cell = str | int | float | None


def write_tables(results: Results, layout: Layout, findings: found.Findings) -> tuple[Path, ...]:
    """Bring output/tables up to date: ``findings.json`` and its schema, ``<section>`` and ``<task>`` as CSV and JSON,
    ``classifiers-tests.csv``, ``<task>-confusion.csv``, ``<task>-weights.pt`` for a network that is not one of a
    series, as PyTorch loads it, and the schema of profiles.

    Returns the files whose bytes changed; files of tasks that are gone are removed.
    """
    made = {
        "findings.json": found.as_json(findings),
        "findings.schema.json": found.json_schema(),
        SCHEMA: _json(profile_schema(results.catalogue.experiments)),
    }
    for section in SECTIONS:
        compared = rows(results, section)
        made[f"{section}.csv"] = _csv([_cells(row) for row in compared])
        made[f"{section}.json"] = _json(compared)
    if (ranked := ranking(results, "classifiers", "accuracy")) is not None and ranked.pairs:
        made["classifiers-tests.csv"] = _csv([_test(pair) for pair in ranked.pairs])
    for task in results.catalogue.tasks:
        record = results.records.get(task.id)
        if record is None or record.failure is not None:
            continue
        made[f"{task.id}.csv"] = _csv(_quantities(record, alone=results.catalogue.variant(task).compared))
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
        if "state" in record.arrays and not results.catalogue.variant(task).series:
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
        cells |= _cost(row.measures, row.n_test, alone=True)
    if row.n_parameters is not None:
        cells["n_parameters"] = row.n_parameters
    cells["params"] = "; ".join(f"{name}={value}" for name, value in sorted(row.params.items()))
    return cells


def _header(metric: Metric) -> str:
    return metric.name if metric.unit == "1" else f"{metric.name} ({metric.unit})"


def _cost(measures: Measures, n_test: int | None, *, alone: bool) -> dict[str, Cell]:
    """``alone``: in a process of its own. In a shared one the peak would count what earlier tasks took, too."""
    cells: dict[str, Cell] = {"wall (s)": measures.wall_s, "CPU (s)": measures.cpu_s}
    if measures.predict_wall_s is not None and n_test:
        cells |= {"fit (s)": fit_s(measures), "prediction (s per image)": measures.predict_wall_s / n_test}
    if alone:
        cells["peak memory (MiB)"] = round(measures.peak_bytes / MIB, 1)
    return cells | {"threads": measures.threads}


def _test(pair: Comparison) -> dict[str, Cell]:
    """Two classifiers, the better first: how probable such a difference is if they are equally accurate."""
    return {
        "first": pair.first,
        "second": pair.second,
        "difference": pair.difference,
        "only first right": pair.only_first,
        "only second right": pair.only_second,
        "test": pair.method.value,
        "p": pair.p,
        "p (Holm)": pair.adjusted,
        "order": pair.order.value,
    }


def _quantities(record: Record, *, alone: bool) -> list[dict[str, Cell]]:
    """One task's CSV: a line for each metric, cost and fact."""
    assert record.measures is not None
    lines: list[dict[str, Cell]] = [
        {"quantity": _header(one), "value": one.value, "low 95 %": one.low, "high 95 %": one.high}
        for one in record.metrics
    ]
    costs = _cost(record.measures, n_test(record), alone=alone)
    lines += [{"quantity": name, "value": value} for name, value in costs.items()]
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
