"""Speeds as ratios against named baselines, each pair measured in turn in the same set of processes (`make bench`).

Nothing here passes or fails: times depend on the machine and on what else it does. Without ``--data`` it uses
scikit-learn's digits; with a folder that holds ``MNIST/raw``, all of MNIST, which takes a quarter of an hour.
"""

import argparse
import dataclasses
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def main() -> None:
    parser = argparse.ArgumentParser(description="Print speeds as ratios against named baselines.")
    parser.add_argument("--data", default="", help="folder that holds MNIST/raw; without it the digits are used")
    parser.add_argument("--rounds", type=int, default=0, help="measurements of each (default: 3, with MNIST 1)")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child](arguments.data)))
        return
    rounds = arguments.rounds or (1 if arguments.data else 3)

    def bare() -> float:
        started = time.perf_counter()
        child("projection_scored")
        return time.perf_counter() - started

    def child(name: str) -> float:
        command = [sys.executable, __file__, "--child", name, "--data", arguments.data]
        said = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
        return float(json.loads(said.stdout.splitlines()[-1]))

    print(f"{'what':<46} {'ours':>9}   {'baseline':<38} {'time':>9}   ratio")
    with tempfile.TemporaryDirectory() as folder:
        engine = EngineRun(Path(folder) / "project", arguments.data)
        compare(
            "t-SNE", lambda: child("tsne"), "openTSNE's fit with the same settings", lambda: child("opentsne"), rounds
        )
        compare(
            "softmax regression, 5 epochs",
            lambda: child("softmax"),
            "the same in PyTorch",
            lambda: child("softmax_torch"),
            rounds,
        )
        compare(
            "autoencoder, an epoch of MNIST or 20 of digits",
            lambda: child("autoencoder"),
            "the same layers in nn.Sequential",
            lambda: child("autoencoder_torch"),
            rounds,
        )
        compare(
            "random projection through the engine",
            engine.compute,
            "a bare process that runs and scores it",  # and finds the neighbours in truth, which the engine keeps
            bare,
            rounds,
        )
        compare(
            "site with nothing to do", engine.nothing_to_do, "importing NumPy and joblib", imports_alone, max(3, rounds)
        )


def compare(what: str, ours: Callable[[], float], named: str, baseline: Callable[[], float], rounds: int) -> None:
    """Measure in turn, ours and the baseline, and print medians (seconds) and the median of the ratios."""
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    mine, other = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{what:<46} {mine:>7.2f} s   {named:<38} {other:>7.2f} s   {ratio:.2f}", flush=True)


class EngineRun:
    """A copy of the project in which the engine computes and finds nothing to do."""

    def __init__(self, root: Path, data: str) -> None:
        from tests.project import Project

        self.project = Project.copy(root)
        source = f'source = "mnist"\npath = "{Path(data).resolve()}"' if data else 'source = "digits"'
        self.profile = f"[data]\n{source}\n"
        self.trial = 0
        # Images, declarations and everything but the task itself are there before the clock starts.
        self._run("random_projection-2d")

    def compute(self) -> float:
        """Seconds to compute it with a new seed: planning, a fresh process, running, scoring, keeping, recording."""
        self.trial += 1
        return self._run("random_projection-2d", seed=self.trial)

    def nothing_to_do(self) -> float:
        self._run("random_projection-2d", seed=self.trial)
        return self._run("random_projection-2d", seed=self.trial)

    def _run(self, task: str, seed: int = 0) -> float:
        self.project.path("trial.toml").write_text(f"{self.profile}[run]\nseed = {seed}\n", encoding="utf-8")
        started = time.perf_counter()
        self.project.run("run", task, "--profile", "trial.toml")
        return time.perf_counter() - started


def imports_alone() -> float:
    return timed([sys.executable, "-c", "import numpy, joblib"], ROOT)


def timed(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True)
    return time.perf_counter() - started


def _images(data: str):
    from generator import sources
    from generator.config import DataConfig

    return sources.load(DataConfig(source="mnist", path=data) if data else DataConfig())


def _experiment(slug: str, data: str, split: str, **changed: object) -> float:
    module = importlib.import_module(f"generator.experiments.{slug}")
    dataset = _images(data).split(split)
    params = dataclasses.replace(module.Params(), **changed)
    if hasattr(module, "warm_up"):
        module.warm_up()
    started = time.perf_counter()
    module.run(dataset, params, 0, {})
    return time.perf_counter() - started


def _opentsne(data: str) -> float:
    from openTSNE import TSNE

    from generator.experiments.tsne import Params

    params = Params()
    pixels = _images(data).split("official").train.flat()
    started = time.perf_counter()
    TSNE(
        perplexity=params.perplexity,
        early_exaggeration=params.early_exaggeration,
        early_exaggeration_iter=params.early_steps,
        n_iter=params.steps,
        learning_rate="auto",
        initialization="pca",
        n_jobs=1,
        random_state=0,
    ).fit(pixels)
    return time.perf_counter() - started


def _projection_scored(data: str) -> float:
    from generator.experiments import random_projection
    from generator.metrics import embedding

    dataset = _images(data).split("official")
    outcome = random_projection.run(dataset, random_projection.Params(), 0, {})
    return embedding.score(outcome, dataset, embedding.reference(dataset)).metrics[0].value


def _softmax_torch(data: str) -> float:
    import torch

    dataset = _images(data).split("quarter")
    pixels, labels = torch.from_numpy(dataset.train.flat()), torch.from_numpy(dataset.train.labels).long()
    layer = torch.nn.Linear(pixels.shape[1], dataset.n_classes)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.24)
    started = time.perf_counter()
    for _ in range(5):
        for batch in torch.randperm(len(pixels)).split(100):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(layer(pixels[batch]), labels[batch]).backward()
            optimiser.step()
        with torch.no_grad():
            layer(pixels).argmax(dim=1)
    return time.perf_counter() - started


def _autoencoder(data: str, *, torchs_own: bool) -> float:
    import torch
    from torch import nn

    from generator.experiments import autoencoder

    class Unchained(nn.Sequential):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return super().forward(images.contiguous())

    network = autoencoder.Autoencoder(latent=2)
    if torchs_own:
        for part, place in ((network.encoder, 0), (network.decoder, 3)):
            part[place] = Unchained(*part[place])
    dataset = _images(data).split("official")
    learned, unseen = autoencoder.scaled(dataset.train), autoencoder.scaled(dataset.test)
    autoencoder.warm_up()
    started = time.perf_counter()
    autoencoder.Training(network, autoencoder.Params(epochs=1 if data else 20)).run(learned, unseen)
    return time.perf_counter() - started


CHILDREN: dict[str, Callable[[str], float]] = {
    "tsne": lambda data: _experiment("tsne", data, "official"),
    "opentsne": _opentsne,
    "projection_scored": _projection_scored,
    "softmax": lambda data: _experiment("softmax_regression", data, "quarter", max_epochs=5, patience=5),
    "softmax_torch": _softmax_torch,
    "autoencoder": lambda data: _autoencoder(data, torchs_own=False),
    "autoencoder_torch": lambda data: _autoencoder(data, torchs_own=True),
}

if __name__ == "__main__":
    main()
