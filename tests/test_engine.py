"""The refresh engine, on real files with real worker processes: what an edit touches, and what a fault may not."""

import os
import re
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.project import Project
from tests.test_sources import idx


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """A project with two small experiments, not yet run."""
    return _two_experiments(tmp_path / "project")


@pytest.fixture(scope="session")
def already_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = _two_experiments(tmp_path_factory.mktemp("engine") / "project")
    assert project.run("run").counts() == (2, 0, 0, 0)
    return project


@pytest.fixture
def tiny(already_run: Project, tmp_path: Path) -> Project:
    """The same project after its first run."""
    return already_run.copied(tmp_path / "project")


def _two_experiments(root: Path) -> Project:
    project = Project.copy(root, experiments=())
    project.add("first")
    project.add("second", column=350)
    return project


def _let_need(project: Project, slug: str, other: str) -> None:
    """Have one experiment take the other's outcome."""
    name = f"generator/experiments/{slug}.py"
    project.edit(name, '"Two dimensions")', f'"Two dimensions", needs=(Need("map", "{other}", "2d"),))')
    project.edit(name, "import Embedding,", "import Need, Embedding,")


def test_second_run_computes_nothing_and_touches_no_file(tiny: Project) -> None:
    before = tiny.stamps("output")
    assert tiny.run("run").counts() == (0, 0, 2, 0)
    assert tiny.stamps("output") == before


def test_a_catalogue_of_another_shape_is_one_line_until_the_next_run(tiny: Project) -> None:
    path = tiny.path("output/records/catalogue.json")
    whole = path.read_bytes()
    tiny.edit("output/records/catalogue.json", '"experiments"', '"methods"')
    refused = tiny.run("render", code=2)
    assert "catalogue.json: not a readable record" in refused.err
    assert len(refused.err.splitlines()) == 1
    assert tiny.run("run").counts() == (0, 0, 2, 0)
    assert path.read_bytes() == whole


def test_comment_docstring_and_layout_compute_nothing(tiny: Project) -> None:
    tiny.edit("generator/experiments/first.py", '"""A tiny map."""', '"""Said otherwise."""\n\n# And a comment.\n')
    tiny.edit("generator/experiments/first.py", "params.scale)", "params.scale\n    )")
    assert tiny.run("run").counts() == (0, 0, 2, 0)


def test_words_of_the_declaration_compute_nothing_and_reach_the_catalogue(tiny: Project) -> None:
    tiny.edit("generator/experiments/first.py", 'title="first"', 'title="Premier"')
    assert tiny.run("run").counts() == (0, 0, 2, 0)
    assert b'"Premier"' in tiny.path("output/records/catalogue.json").read_bytes()


def test_edit_computes_that_experiment_alone_and_undoing_it_computes_nothing(tiny: Project) -> None:
    original = tiny.contents("output/records")
    tiny.edit("generator/experiments/first.py", "300", "301")
    ran = tiny.run("run")
    assert ran.counts() == (1, 0, 1, 0)
    assert "first-2d: started" in ran.out
    tiny.edit("generator/experiments/first.py", "301", "300")
    assert tiny.run("run").counts() == (0, 1, 1, 0)
    assert tiny.contents("output/records") == original


def test_helper_touches_those_who_import_it_even_inside_a_function(tiny: Project) -> None:
    tiny.path("generator/nets/offset.py").write_text("OFFSET = 1\n")
    tiny.add("first", before="from generator.nets.offset import OFFSET; print(OFFSET)")
    tiny.run("run")
    tiny.path("generator/nets/offset.py").write_text("OFFSET = 2\n")
    ran = tiny.run("run")
    assert ran.counts() == (1, 0, 1, 0)
    assert "first-2d: started" in ran.out
    assert "module generator.nets.offset changed" not in tiny.run("explain").out


def test_metric_is_scored_again_without_running_again(tiny: Project) -> None:
    before = tiny.record("first-2d")
    tiny.edit("generator/metrics/extent.py", "NEIGHBOURS = 15", "NEIGHBOURS = 12")
    assert "metrics module generator.metrics.extent changed" in tiny.run("explain").out
    assert tiny.run("run").counts() == (2, 0, 0, 0)
    after = tiny.record("first-2d")
    assert after.metrics != before.metrics
    # The same clock reading: the outcome was taken from the store.
    assert after.measures == before.measures


def test_parameter_from_a_profile_touches_that_experiment_alone(tiny: Project) -> None:
    profile = tiny.path("mine.toml")
    profile.write_text("[experiments.second]\nscale = 2\n")
    explained = tiny.run("explain", "--profile", "mine.toml").out
    assert "never computed" in explained  # this profile never ran
    # Its other task is the very one that quick has computed.
    assert tiny.run("run", "--profile", "mine.toml").counts() == (1, 1, 0, 0)
    profile.write_text("[experiments.second]\nscale = 3\n")
    explained = tiny.run("explain", "--profile", "mine.toml").out
    assert re.search(r"first-2d +fresh", explained)
    assert re.search(r"second-2d +parameter scale 2\.0 -> 3\.0 \(about [\d.]+ s\)", explained)


def test_explain_names_the_module_that_changed(tiny: Project) -> None:
    tiny.edit("generator/experiments/first.py", "300", "301")
    explained = tiny.run("explain").out
    assert re.search(r"first-2d +module generator\.experiments\.first changed \(about", explained)
    assert re.search(r"second-2d +fresh", explained)


def test_input_that_comes_out_the_same_stops_the_edit_there(tiny: Project) -> None:
    _let_need(tiny, "second", "first")
    tiny.edit(
        "generator/experiments/second.py",
        "    pass\n",
        '    assert len(inputs["map"].coordinates) == len(dataset.train)\n',
    )
    tiny.run("run")
    tiny.edit("generator/experiments/first.py", "pixels = dataset.train.flat()", "pixels = 0 + dataset.train.flat()")
    assert "needs first-2d, which is to be computed" in tiny.run("explain").out
    assert tiny.run("run").counts() == (1, 0, 1, 0)
    tiny.edit("generator/experiments/first.py", "300", "301")
    assert tiny.run("run").counts() == (2, 0, 0, 0)


#: A plug-in with a series, repeated under other seeds on a sample, and one that says what it is given.
SERIES = """
import os

import numpy as np

from generator.vocabulary import Embedding, Experiment, Variant, param
from dataclasses import dataclass


@dataclass(frozen=True)
class Params:
    scale: float = param(1.0, unit="1")


experiment = Experiment(
    title="series",
    summary="Places images by lot",
    section="maps",
    task="embedding",
    variants=(
        Variant("2d", "Two dimensions"),
        *(Variant(f"seed_{i}", series="seed", sample=200, repeat=i) for i in range(3)),
    ),
    order=3,
    figures=("scatter",),
)


def run(dataset, params, seed, inputs):
    placed = np.random.default_rng(seed).random((len(dataset.train), 2)).astype(np.float32)
    return Embedding(placed, facts={"seed": seed, "process": os.getpid()})
"""


def test_series_shares_a_process_a_sample_and_has_seeds_of_its_own(fresh: Project) -> None:
    fresh.path("generator/experiments/series.py").write_text(SERIES, encoding="utf-8")
    fresh.path("one_at_a_time.toml").write_text('[data]\nsource = "digits"\n[run]\nseed = 5\njobs = 1\n')
    fresh.run("run", "--profile", "one_at_a_time.toml", "series")
    whole, *members = (fresh.record(f"series-{name}") for name in ("2d", "seed_0", "seed_1", "seed_2"))
    assert [one.facts["seed"] for one in (whole, *members)] == [5, 5, 6, 7]
    assert len({one.facts["process"] for one in members}) == 1
    assert whole.facts["process"] != members[0].facts["process"]
    assert whole.arrays["coordinates"].shape[0] > 200
    indices = [np.load(fresh.path(f"output/records/series-seed_{i}/index.npy")) for i in range(3)]
    assert len(np.unique(indices[0])) == 200
    assert all(np.array_equal(index, indices[0]) for index in indices)


def test_series_goes_on_after_a_member_that_kills_the_process(fresh: Project) -> None:
    fatal = "    if seed == 1:\n        os.abort()\n    placed ="
    fresh.path("generator/experiments/series.py").write_text(SERIES.replace("    placed =", fatal), encoding="utf-8")
    ran = fresh.run("run", "series", code=1)
    assert ran.counts() == (3, 0, 0, 1)
    assert "series-seed_1: FAILED, its process ended with signal 6" in ran.out


def test_study_brings_its_own_scores_and_takes_and_counts_what_it_needs(tiny: Project) -> None:
    tiny.add("third")
    name = "generator/experiments/third.py"
    tiny.edit(name, "import Embedding,", "import Need, Study,")
    tiny.edit(name, 'task="embedding"', 'task="study"')
    tiny.edit(name, "    order=1,", '    order=3, parent="first",')
    needs = 'needs=(Need("map", "first", "2d", counted=True),)'
    tiny.edit(name, '"Two dimensions")', f'"Two dimensions", {needs}), Variant("own", "Own")')
    body = """
    from generator.metric import Metric

    spread = float(inputs["map"].coordinates.std()) if inputs else 0.0
    found = Metric(name="procrustes", value=spread, better="lower")
    return Study({"index": np.arange(3)}, (found,), {"given": len(inputs)})
"""
    path = tiny.path(name)
    path.write_text(path.read_text(encoding="utf-8").partition("    pixels =")[0] + body, encoding="utf-8")
    assert tiny.run("run").counts() == (2, 0, 2, 0)
    alone, given = tiny.record("third-own"), tiny.record("third-2d")
    coordinates = np.load(tiny.path("output/records/first-2d/coordinates.npy"))
    assert (alone.facts["given"], given.facts["given"]) == (0, 1)
    assert given.metric("procrustes").value == pytest.approx(coordinates.std())
    assert np.load(tiny.path("output/records/third-2d/index.npy")).tolist() == [0, 1, 2]
    first = tiny.record("first-2d").measures
    assert first is not None
    assert given.measures is not None
    assert given.measures.wall_s > first.wall_s
    assert given.measures.peak_bytes >= first.peak_bytes
    # What a need counts for is no matter of computing.
    tiny.edit(name, ", counted=True", "")
    assert tiny.run("run").counts() == (0, 1, 3, 0)
    again = tiny.record("third-2d").measures
    assert again is not None
    assert again.wall_s == pytest.approx(given.measures.wall_s - first.wall_s)


def test_only_the_named_task_runs_with_what_it_needs(fresh: Project) -> None:
    assert fresh.run("run", "first").counts() == (1, 0, 0, 0)
    assert fresh.run("run", "second-2d").counts() == (1, 0, 0, 0)
    refused = fresh.run("run", "thrid", code=2)
    assert refused.err.startswith("error: command line: no task or experiment 'thrid'")
    assert len(refused.err.splitlines()) == 1


def test_removed_experiment_leaves_no_record(tiny: Project) -> None:
    tiny.path("generator/experiments/second.py").unlink()
    assert tiny.run("run").counts() == (0, 0, 1, 0)
    assert not tiny.path("output/records/second-2d").exists()


def test_raising_experiment_fails_alone(tiny: Project) -> None:
    computed_at = tiny.record("first-2d").provenance
    assert computed_at is not None
    tiny.add("first", before='raise ValueError("no map\\ntoday")')
    ran = tiny.run("run", code=1)
    assert ran.counts() == (0, 0, 1, 1)
    assert "ValueError: no map today" in ran.out
    assert 'File "' in ran.out, "a bug keeps its traceback"
    failure = tiny.record("first-2d").failure
    assert failure is not None
    assert failure.last_success_at == computed_at.computed_at
    # An exception is not kept: it is tried again, and the record still knows the last success.
    assert tiny.run("run", code=1).counts() == (0, 0, 1, 1)
    failure = tiny.record("first-2d").failure
    assert failure is not None
    assert failure.last_success_at == computed_at.computed_at


def test_experiment_that_needs_a_failed_one_says_so(fresh: Project) -> None:
    fresh.add("first", before='raise ValueError("no")')
    _let_need(fresh, "second", "first")
    assert "second-2d: FAILED, it needs first-2d, which failed" in fresh.run("run", code=1).out


def test_experiment_that_kills_its_process_fails_alone(fresh: Project) -> None:
    fresh.add("first", before="import os; os.kill(os.getpid(), 9)")
    ran = fresh.run("run", code=1)
    assert ran.counts() == (1, 0, 0, 1)
    assert "its process ended with signal 9" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[:, [300, 400]]", "[:5, [300, 400]]", "coordinates have shape (5, 2); expected (1438, dimensions)"),
        ("params.scale)", "np.nan)", "coordinates has values that are not finite"),
        ("return Embedding(", "return list(", "run returned list for a task of kind embedding"),
    ],
)
def test_outcome_that_is_not_what_the_task_promises_is_named(fresh: Project, old: str, new: str, message: str) -> None:
    fresh.edit("generator/experiments/first.py", old, new)
    assert message in fresh.run("run", "first", code=1).out


def test_plug_in_that_cannot_be_imported_fails_alone(tiny: Project) -> None:
    tiny.add("third", before="pass")
    tiny.edit("generator/experiments/third.py", "import numpy as np", "import numpy as np\nimport no_such_module")
    ran = tiny.run("run", code=1)
    assert ran.counts() == (0, 0, 2, 1)
    assert "third: FAILED, cannot be imported: ModuleNotFoundError: No module named 'no_such_module'" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("experiment = Experiment", "declared = Experiment", "generator/experiments/first.py: no `experiment ="),
        (
            ', unit="1"',
            ', unit="1", ) if False else field(default=1.0',
            "generator/experiments/first.py: parameter scale",
        ),
        ("def run(", "def walk(", "generator/experiments/first.py: no function `run`"),
        ("def run(", "def run(:", "generator/experiments/first.py"),
    ],
)
def test_plug_in_that_is_not_one_is_refused_in_one_line(fresh: Project, old: str, new: str, message: str) -> None:
    fresh.edit("generator/experiments/first.py", "import dataclass\n", "import dataclass, field\n")
    fresh.edit("generator/experiments/first.py", old, new)
    refused = fresh.run("run", code=2)
    assert message in refused.err
    assert len(refused.err.splitlines()) == 1


def test_source_that_changes_while_it_runs_keeps_no_result(fresh: Project) -> None:
    fresh.add(
        "first",
        before="p = __import__('pathlib').Path(__file__); p.write_text(p.read_text().replace('[300,', '[301,'))",
    )
    refused = fresh.run("run", "first", code=2)
    assert "its source changed while it ran, and the result was thrown away; run again" in refused.err
    # The edit is there now, and this time the source stays as it is.
    assert fresh.run("run", "first").counts() == (1, 0, 0, 0)


def test_what_runs_when_another_is_refused_finishes_and_is_kept(fresh: Project) -> None:
    fresh.add(
        "first",
        before="p = __import__('pathlib').Path(__file__); p.write_text(p.read_text().replace('[300,', '[301,'))",
    )
    fresh.path("two_at_a_time.toml").write_text('[data]\nsource = "digits"\n[run]\njobs = 2\n')
    fresh.run("run", "--profile", "two_at_a_time.toml", code=2)
    assert fresh.run("run", "--profile", "two_at_a_time.toml").counts() == (1, 0, 1, 0)


def test_killed_run_resumes_with_what_was_finished(fresh: Project, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    # Holds the second experiment in its `run` until the test has killed everything around it.
    fresh.add("second", before=f"open({str(gate)!r}).read()")
    process = fresh.start("run")
    assert process.stdout is not None
    worker_waits = os.open(gate, os.O_WRONLY)  # returns when the second experiment has opened its end
    for line in process.stdout:
        if re.search(r"first-2d: [\d.]+ s", line):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    # A worker whose parent is gone ends by itself, and with it the last reader of the pipe.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with pytest.raises(BrokenPipeError):
        _write_for_ever(worker_waits)
    os.close(worker_waits)
    fresh.add("second", column=350)
    assert fresh.run("run").counts() == (1, 0, 1, 0)


def test_interrupted_run_says_so_in_one_line(fresh: Project, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    fresh.add("second", before=f"open({str(gate)!r}).read()")
    process = fresh.start("run")
    opened = os.open(gate, os.O_WRONLY)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate()
    os.close(opened)
    assert process.returncode == 130
    assert out.splitlines()[-1] == "interrupted; what was finished is kept, run again to go on"
    assert "Traceback" not in out


def _write_for_ever(pipe: int) -> None:
    while True:
        os.write(pipe, b"x")


def _entries(project: Project) -> list[Path]:
    return sorted(project.path("output/cache/joblib").rglob("output.pkl"))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip_one_bit, _empty])
def test_damaged_cache_entry_is_computed_again(tiny: Project, damage: Callable[[Path], None]) -> None:
    before = tiny.path("output/records/first-2d/coordinates.npy").read_bytes()
    entries = _entries(tiny)
    assert entries
    for path in entries:
        damage(path)
    tiny.path("output/records/first-2d/coordinates.npy").unlink()
    ran = tiny.run("run")
    assert ran.counts() == (1, 0, 1, 0)
    assert "Traceback" not in ran.out + ran.err
    assert tiny.path("output/records/first-2d/coordinates.npy").read_bytes() == before


@pytest.mark.parametrize("name", ["manifest.json", "engine.json", "code.json"])
def test_damaged_memory_only_costs_a_look(tiny: Project, name: str) -> None:
    _truncate(tiny.path(f"output/cache/{name}"))
    computed, restored, fresh, failed = tiny.run("run").counts()
    assert (computed, failed) == (0, 0)
    assert restored + fresh == 2


def test_touched_record_is_written_anew_from_the_cache(tiny: Project) -> None:
    path = tiny.path("output/records/first-2d/coordinates.npy")
    before = path.read_bytes()
    _flip_one_bit(path)
    assert tiny.run("run").counts() == (0, 1, 1, 0)
    assert path.read_bytes() == before


def test_two_runs_at_once_compute_everything_once(fresh: Project) -> None:
    runs = [fresh.start("run") for _ in range(2)]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum(int(re.findall(r"(\d+) tasks computed", text)[-1]) for text in said) == 2


@pytest.mark.parametrize("limit", [100, 5_000, 20_000])
def test_full_disk_is_one_line_and_loses_nothing(fresh: Project, limit: int) -> None:
    fresh.run("run", "first")

    def no_large_files() -> None:
        # What a full disk does, for any user: a write beyond this many bytes fails.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        fresh.command("run"),
        cwd=fresh.root,
        env=fresh.environment(),
        preexec_fn=no_large_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert fresh.run("run").counts() == (1, 0, 1, 0)


def test_gc_keeps_what_is_shown_and_drops_the_rest(tiny: Project) -> None:
    tiny.edit("generator/experiments/first.py", "300", "301")
    tiny.run("run")
    assert "would remove 2 results" in tiny.run("gc", "--days", "0", "--dry-run").out
    assert "removed 0 results" in tiny.run("gc").out, "used a moment ago"
    assert "removed 2 results" in tiny.run("gc", "--days", "0").out
    assert tiny.run("run").counts() == (0, 0, 2, 0)
    tiny.edit("generator/experiments/first.py", "301", "300")
    assert tiny.run("run").counts() == (1, 0, 1, 0)


def test_run_tells_how_far_it_is_and_how_long_it_takes(fresh: Project) -> None:
    first = fresh.run("run").out
    assert "2 tasks to compute; time left unknown: none of these ran before" in first
    assert re.search(r"\[2/2\] \w+-2d: [^;]+; all done", first)
    fresh.edit("generator/experiments/first.py", "300", "301")
    assert re.search(r"1 tasks? to compute; about [\d.]+ (min \d\d )?s left", fresh.run("run").out)


def test_seed_and_threads_are_part_of_the_key(tiny: Project) -> None:
    profile = tiny.path("mine.toml")
    profile.write_text("[run]\nseed = 0\n")
    tiny.run("run", "--profile", "mine.toml")
    profile.write_text("[run]\nseed = 1\nthreads = 2\n")
    assert "seed 0 -> 1; threads 1 -> 2" in tiny.run("explain", "first", "--profile", "mine.toml").out


def test_looking_at_other_images_leaves_those_of_the_report(tiny: Project, tmp_path: Path) -> None:
    (before,) = tiny.path("output/records").glob("data-*")
    shown = tiny.contents("output/records")
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", 40), ("t10k", 20)):
        (raw / f"{part}-images-idx3-ubyte").write_bytes(idx(np.zeros((count, 28, 28), np.uint8)))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.arange(count, dtype=np.uint8) % 10))
    profile = tiny.path("mine.toml")
    profile.write_text(f'[data]\nsource = "mnist"\npath = "{tmp_path}"\n')
    assert "never computed" in tiny.run("explain", "--profile", "mine.toml").out
    after = tiny.contents("output/records")
    assert {name: after[name] for name in shown} == shown
    # Truncated now, it is named in one line, and still nothing of the report has changed.
    (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    refused = tiny.run("site", "--profile", "mine.toml", code=2)
    assert refused.err.startswith(f"error: {raw}/train-images-idx3-ubyte: it is cut off inside its header")
    assert len(refused.err.splitlines()) == 1
    profile.unlink()
    assert tiny.run("run").counts() == (0, 0, 2, 0)
    assert before.is_dir()


def test_circle_of_needs_is_refused(fresh: Project) -> None:
    _let_need(fresh, "first", "second")
    _let_need(fresh, "second", "first")
    assert "needs itself, by way of others; break the circle" in fresh.run("run", code=2).err
