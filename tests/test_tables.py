"""Metric tables: rows for pages, CSV and JSON for everyone else."""

import csv
import json
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.files import stamp
from generator.layout import Layout
from generator.metric import Metric
from generator.record import Results, encode
from generator.report.findings.compare import pooled
from generator.report.findings.found import find
from generator.report.tables import rows, write_tables
from tests.records import fake_results


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    fake_results(made.records, failed=["umap-2d"], missing=["cnn-published"])
    return made


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rows_are_the_compared_tasks_best_first(layout: Layout) -> None:
    results = Results(layout.records)
    catalogue = results.catalogue
    maps = rows(results, "maps")
    tasks = [row.task for row in maps]
    assert {"tsne-2d", "pca-2d", "pca-3d", "raw_pixels-pixels", "random_projection-shuffled"} <= set(tasks)
    assert [row.status for row in maps] == ["done"] * (len(maps) - 1) + ["failed"]
    assert tasks[-1] == "umap-2d"
    assert not any(catalogue.variant(task).series for task in catalogue.tasks if task.id in tasks)
    assert not any(catalogue.experiment(row.experiment).task == "study" for row in maps)
    classifiers = rows(results, "classifiers")
    assert "softmax_regression-published" not in [row.task for row in classifiers]
    scores = [metric.value for row in classifiers if (metric := row.metric("accuracy"))]
    assert scores == sorted(scores, reverse=True)
    assert classifiers[-1].status == "not run"
    assert classifiers[-1].measures is None
    assert [row.experiment for row in classifiers if row.control] == ["majority_class"]


def test_a_control_that_shows_more_than_a_map_is_the_ceiling(layout: Layout) -> None:
    roles = {
        row.task: row.role
        for row in (*rows(Results(layout.records), "maps"), *rows(Results(layout.records), "classifiers"))
    }
    assert roles["raw_pixels-pixels"] == roles["raw_pixels-pca_50"] == "ceiling"
    assert roles["random_projection-2d"] == roles["random_projection-shuffled"] == "floor"
    assert roles["majority_class-default"] == "floor"
    assert roles["pca-3d"] == roles["umap-2d"] == "method"


def test_weights_are_the_bytes_that_the_network_left(layout: Layout) -> None:
    results = Results(layout.records)
    write_tables(results, layout, find(results))
    weights = {path.name: path.read_bytes() for path in layout.tables.glob("*-weights.pt")}
    assert weights["autoencoder-2d-weights.pt"] == results.array("autoencoder-2d", "state").tobytes()
    assert not [name for name in weights if "latent" in name or "seed" in name]


def test_a_study_has_its_table(layout: Layout) -> None:
    results = Results(layout.records)
    write_tables(results, layout, find(results))
    quantities = {line["quantity"]: line["value"] for line in read_csv(layout.tables / "swiss_roll-pca.csv")}
    assert float(quantities["unrolled"]) == results.records["swiss_roll-pca"].metric("unrolled").value


def test_tied_means_that_the_intervals_meet(layout: Layout) -> None:
    scores = {
        "softmax_regression-sound": (0.90, 0.88, 0.92),
        "logistic_regression-published": (0.93, 0.91, 0.95),
        "majority_class-default": (0.1, 0.08, 0.12),
    }
    results = Results(layout.records)
    for row in rows(results, "classifiers"):
        path = layout.records / row.task / "record.json"
        if row.task in scores:
            value, low, high = scores[row.task]
            metric = Metric(name="accuracy", value=value, better="higher", low=low, high=high)
            path.write_bytes(encode(msgspec.structs.replace(results.records[row.task], metrics=(metric,))))
        else:
            path.unlink(missing_ok=True)
    found = rows(Results(layout.records), "classifiers")
    assert [row.task for row in found if row.status == "done"] == sorted(scores, key=lambda task: -scores[task][0])
    assert [row.task for row in found if row.tied] == ["softmax_regression-sound"]


def test_section_tables_hold_the_records_numbers(layout: Layout) -> None:
    results = Results(layout.records)
    write_tables(results, layout, find(results))
    lines = {line["task"]: line for line in read_csv(layout.tables / "classifiers.csv")}
    record = results.records["softmax_regression-sound"]
    # The mean over its runs.
    accuracy, measures = pooled(results, record.task.id, record.metric("accuracy")), record.measures
    assert measures is not None
    line = lines["softmax_regression-sound"]
    assert float(line["accuracy"]) == accuracy.value
    assert float(line["accuracy low 95 %"]) == accuracy.low
    assert float(line["wall (s)"]) == measures.wall_s
    assert float(line["peak memory (MiB)"]) == pytest.approx(measures.peak_bytes / 2**20, abs=0.05)
    assert int(line["n_parameters"]) == record.facts["n_parameters"]
    assert "learning_rate=0.24" in line["params"]
    assert lines["cnn-published"]["status"] == "not run"
    assert lines["cnn-published"]["accuracy"] == ""
    assert measures.predict_wall_s is not None
    assert float(line["fit (s)"]) == measures.wall_s - measures.predict_wall_s
    assert float(line["prediction (s per image)"]) == measures.predict_wall_s / len(
        results.array(record.task.id, "index")
    )
    listed = json.loads((layout.tables / "classifiers.json").read_text(encoding="utf-8"))
    assert [one["task"] for one in listed] == list(lines)


def test_classifiers_that_are_told_apart_share_no_group(layout: Layout) -> None:
    results = Results(layout.records)
    write_tables(results, layout, find(results))
    groups = {line["task"]: line["group"] for line in read_csv(layout.tables / "classifiers.csv")}
    assert groups["cnn-published"] == groups["majority_class-default"] == ""
    contenders = [task for task, group in groups.items() if group]
    tests = read_csv(layout.tables / "classifiers-tests.csv")
    assert [(line["first"], line["second"]) for line in tests] == list(combinations(contenders, 2))
    for line in tests:
        apart = float(line["p (Holm)"]) < 0.05 and float(line["difference"]) > 0
        assert (line["order"] != "undecided") == apart
        assert apart == (not set(groups[line["first"]]) & set(groups[line["second"]]))
        assert float(line["p"]) <= float(line["p (Holm)"])
        if line["test"] == "mcnemar":  # one run each
            right = [
                results.array(task, "predictions") == results.labels()[results.array(task, "index")]
                for task in (line["first"], line["second"])
            ]
            assert int(line["only first right"]) == (right[0] & ~right[1]).sum()
            assert int(line["only second right"]) == (right[1] & ~right[0]).sum()
    assert {line["test"] for line in tests} == {"mcnemar", "runs"}
    assert not (layout.tables / "maps-tests.csv").exists()


def test_task_tables_hold_metrics_cost_and_confusion(layout: Layout) -> None:
    results = Results(layout.records)
    write_tables(results, layout, find(results))
    task = "logistic_regression-published"
    quantities = {line["quantity"]: line["value"] for line in read_csv(layout.tables / f"{task}.csv")}
    assert float(quantities["log_loss (nats)"]) == results.records[task].metric("log_loss").value
    assert quantities["converged"] == "False"
    counts = [
        [int(count) for name, count in line.items() if name != "true class"]
        for line in read_csv(layout.tables / f"{task}-confusion.csv")
    ]
    np.testing.assert_array_equal(counts, results.array(task, "confusion"))
    assert json.loads((layout.tables / f"{task}.json").read_text(encoding="utf-8"))["task"]["id"] == task
    assert not (layout.tables / "umap-2d.csv").exists()


def test_only_what_changed_is_written_and_lost_tasks_go(layout: Layout) -> None:
    results = Results(layout.records)
    assert write_tables(results, layout, find(results))
    before = {path: stamp(path) for path in layout.tables.iterdir()}
    same = Results(layout.records)
    assert write_tables(same, layout, find(same)) == ()
    assert {path: stamp(path) for path in layout.tables.iterdir()} == before
    (layout.records / "tsne-2d" / "record.json").unlink()
    fewer = Results(layout.records)
    changed = {path.name for path in write_tables(fewer, layout, find(fewer))}
    assert changed == {"maps.csv", "maps.json", "findings.json"}
    assert not (layout.tables / "tsne-2d.csv").exists()
