"""Small synthetic results of every experiment there is, with all that a real run leaves, made in a moment.

The declarations are the experiments' own; only the results are invented.
"""

import functools
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator import registry
from generator.config import Config, resolve
from generator.files import digest_bytes
from generator.layout import PROJECT
from generator.metric import Metric
from generator.record import (
    SCHEMA,
    ArrayInfo,
    Catalogue,
    DataInfo,
    Failure,
    Machine,
    Measures,
    Provenance,
    Record,
    Results,
    TaskInfo,
    encode,
    images_folder,
)
from generator.vocabulary import Experiment, Fact, Task

MACHINE = Machine(cpu="Example CPU @ 2.50 GHz", cores=2, memory_bytes=8 * 2**30, system="Linux 6.1 x86_64")
VERSIONS = {"numpy": "2.4.6", "scikit-learn": "1.9.1"}
COMPUTED_AT = "2026-11-20T12:34:56Z"

#: Experiments are declared for tens of thousands of images; where there are so few, samples are smaller by this.
SHRINKAGE = 100


@dataclass(frozen=True)
class Sketch:
    """What an experiment's results are made up from."""

    wall_s: float = 10.0
    quality: float = 0.9  # trustworthiness or accuracy, about
    n_parameters: int = 0


#: An experiment that is not here is one like any other.
SKETCHES = {
    "pca": Sketch(0.8, 0.74),
    "neighbours": Sketch(48.0),
    "tsne": Sketch(170.4, 0.98),
    "umap": Sketch(121.2, 0.96),
    "autoencoder": Sketch(402.0, 0.92),
    "cnn_embeddings": Sketch(210.0),
    "noisy_embeddings": Sketch(3.0),
    "stability": Sketch(1.0),
    "laplacian_eigenmaps": Sketch(95.0, 0.9),
    "random_projection": Sketch(0.3, 0.55),
    "raw_pixels": Sketch(0.1, 1.0),
    "softmax_regression": Sketch(21.7, 0.75, 7_850),
    "logistic_regression": Sketch(33.0, 0.9, 7_850),
    "svc": Sketch(80.0, 0.93, 1_000_000),
    "mlp": Sketch(60.0, 0.94, 101_770),
    "dense_network": Sketch(90.0, 0.94, 101_770),
    "cnn": Sketch(410.0, 0.96, 228_586),
    "k_nearest": Sketch(30.0, 0.95),
    "majority_class": Sketch(0.01, 0.12),
}


@functools.cache
def declarations() -> tuple[Experiment, ...]:
    """Every experiment as it declares itself, in page order; but samples are as much smaller as the images are fewer.

    Imports all of them, once in a session.
    """
    return registry.in_page_order(_shrunk(registry.declare(slug)) for slug in registry.slugs(PROJECT))


def _shrunk(experiment: Experiment) -> Experiment:
    variants = tuple(msgspec.structs.replace(one, sample=one.sample // SHRINKAGE) for one in experiment.variants)
    return msgspec.structs.replace(experiment, variants=variants)


def task_ids(*, section: str = "", task: str = "", series: str = "") -> list[str]:
    """Ids of all tasks there are, or of those of one section, one kind, one series."""
    return [
        f"{one.slug}-{variant.name}"
        for one in declarations()
        for variant in one.variants
        if section in ("", one.section) and task in ("", one.task) and series in ("", variant.series)
    ]


def digit_images(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Typed digits, shifted and turned a little: (n, 28, 28) uint8 and (n,) uint8."""
    font = ImageFont.load_default(22)
    labels = rng.permutation(np.arange(n) % 10).astype(np.uint8)
    images = np.empty((n, 28, 28), dtype=np.uint8)
    for place, label in enumerate(labels):
        picture = Image.new("L", (28, 28))
        x, y = rng.uniform(-2, 2, size=2)
        ImageDraw.Draw(picture).text((14 + x, 14 + y), str(label), fill=255, font=font, anchor="mm")
        images[place] = np.asarray(picture.rotate(rng.uniform(-15, 15)))
    return images, labels


def _save(folder: Path, arrays: Mapping[str, np.ndarray]) -> dict[str, ArrayInfo]:
    folder.mkdir(parents=True, exist_ok=True)
    infos = {}
    for name, array in arrays.items():
        stream = io.BytesIO()
        np.save(stream, array)
        (folder / f"{name}.npy").write_bytes(stream.getvalue())
        infos[name] = ArrayInfo(shape=array.shape, dtype=str(array.dtype), digest=digest_bytes(stream.getvalue()))
    return infos


def _indices(split: str, n: int, n_train: int) -> tuple[np.ndarray, np.ndarray]:
    if split == "official":
        return np.arange(n_train), np.arange(n_train, n)
    shuffled = np.random.default_rng(0).permutation(n)
    if split == "tuning":
        shuffled = shuffled[n // 4 :]  # what the quarter leaves
    n_test = n // 4 if split == "quarter" else len(shuffled) // 5
    return shuffled[n_test:], shuffled[:n_test]


def _metric(name: str, value: float, better: str, spread: float | None = None, unit: str = "1") -> Metric:
    least = 0.0 if value >= 0 else -1.0
    low, high = (None, None) if spread is None else (max(least, value - spread), min(1.0, value + spread))
    return Metric(name=name, value=value, better=better, low=low, high=high, unit=unit)  # type: ignore[arg-type]


Result = tuple[tuple[Metric, ...], dict[str, Fact], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Given:
    """What a made-up result is made from."""

    experiment: Experiment
    sketch: Sketch
    task: TaskInfo
    images: np.ndarray  # (n, 28, 28) uint8, all
    labels: np.ndarray  # (n,) uint8
    train: np.ndarray  # positions
    test: np.ndarray
    rng: np.random.Generator


def _circle(labels: np.ndarray, d: int, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Classes on a circle: (n, d) float32."""
    angle = labels * (2 * np.pi / (labels.max() + 1))
    centres = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1)[:, :d]
    return (40 * (centres + rng.normal(scale=spread, size=centres.shape))).astype(np.float32)


def _embed(given: Given) -> Result:
    """Classes on a circle, tighter for better methods, in very different units for each."""
    slug, params = given.experiment.slug, given.task.params
    quality = given.sketch.quality - (0.2 if given.task.sample else 0) * given.rng.random()
    d = int(params.get("n_components") or params.get("pca_components") or params.get("latent") or 2)
    images, labels = given.images[given.train], given.labels[given.train]
    arrays: dict[str, np.ndarray] = {"index": given.train}
    facts: dict[str, Fact] = {}
    if given.task.variant == "pixels":
        arrays["coordinates"] = images.reshape(len(images), -1)
    elif d > 3:
        arrays["coordinates"] = given.rng.normal(size=(len(images), d)).astype(np.float32)
        facts["explained_variance"] = 0.8
    else:
        arrays["coordinates"] = _circle(labels, d, 1.2 - quality, given.rng) * np.array([3, 1, 1], np.float32)[:d]
    if slug == "pca":
        flat = images.reshape(len(images), -1) / 255
        _, spread, axes = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
        ratio = (spread**2 / (spread**2).sum()).astype(np.float32)
        arrays |= {
            "explained_variance_ratio": ratio[:50],
            "components": axes[:10].reshape(-1, 28, 28).astype(np.float32),
        }
        facts["explained_variance"] = float(ratio[:d].sum())
    if slug == "tsne":
        facts["kl_divergence"] = 1.234
    if slug == "laplacian_eigenmaps":
        facts |= {"graph_parts": 1, "least_eigenvalue": 0.0042}
    if slug == "autoencoder":
        error = 0.12 / d
        facts |= {"reconstruction_error": error, "epochs": int(params["epochs"]), "loss": "mean squared error"}
        facts |= {"reconstruction_error_low": 0.9 * error, "reconstruction_error_high": 1.1 * error}
        loss = error * (1 + np.exp(-np.arange(int(params["epochs"])) / 5))
        arrays |= {"train_loss": loss.astype(np.float32), "state": np.arange(100, dtype=np.uint8)}
        if params["held_out_curve"]:
            arrays["held_out_loss"] = (1.1 * loss).astype(np.float32)
        if params["keep_paintings"]:
            arrays["reconstructions"] = given.images[given.test] // 2
        if params["keep_paintings"] and d == 2:
            arrays["traversal"] = np.resize(images, (15, 15, 28, 28))
            arrays["traversal_at"] = np.stack([np.linspace(-reach, reach, 15) for reach in (1, 2)]).astype(np.float32)
        if params["variational"]:
            facts |= {"divergence_from_prior": 4.4, "outside_prior_95": 0.21}
            facts |= {"code_deviation_1": 1.68, "code_deviation_2": 1.35}
    share = {
        "continuity": min(0.99, quality + 0.05),
        "neighbour_recall_15": quality**4 / 2,
        "neighbour_recall_30": quality**4 / 1.8,
        "neighbour_recall_100": quality**4 / 1.5,
        "neighbour_accuracy_10": quality**3,
        "distance_correlation": 1.2 - quality,
        "triplet_accuracy": 1.1 - quality / 2,
        "silhouette": quality - 0.6,
    }
    metrics = (
        _metric("trustworthiness", quality, "higher", 0.004),
        *(_metric(name, value, "higher", 0.01) for name, value in share.items()),
    )
    return metrics, facts, arrays


def _classify(given: Given) -> Result:
    """Predictions that are right about as often as ``quality`` says."""
    experiment, sketch, rng = given.experiment, given.sketch, given.rng
    labels, images, n = given.labels[given.test], given.images[given.test], len(given.test)
    probabilities = rng.random((n, 10)).astype(np.float32) ** 3
    quality = sketch.quality - 0.2 * (given.task.sample > 0)
    # What is hard for one is hard for all; six in a hundred images are beyond any of them.
    hardness = np.random.default_rng(0).permutation(len(given.labels))[given.test] / len(given.labels)
    sure = hardness + rng.normal(scale=0.03, size=n) < quality
    probabilities[np.arange(n)[sure], labels[sure]] += 2
    lost = hardness >= 0.94
    probabilities[np.arange(n)[lost], labels[lost]] = 0
    if experiment.slug == "majority_class":
        probabilities = np.zeros((n, 10), dtype=np.float32)
        probabilities[:, 1] = 1
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    predictions = probabilities.argmax(axis=1).astype(np.uint8)
    arrays: dict[str, np.ndarray] = {
        "index": given.test,
        "predictions": predictions,
        "confusion": _confusion(labels, predictions),
    }
    metrics = [_metric("accuracy", float((predictions == labels).mean()), "higher", 0.04)]
    facts: dict[str, Fact] = {
        "n_parameters": images[0].size * len(given.train) if experiment.slug == "k_nearest" else sketch.n_parameters
    }
    if experiment.slug == "svc":
        arrays["scores"] = 10 * probabilities
        facts["n_support_vectors"] = len(given.train) // 2
    elif experiment.slug != "majority_class":
        arrays["probabilities"] = probabilities
        arrays["reliability"] = _reliability(labels, probabilities)
        metrics.append(_metric("log_loss", 0.31, "lower", unit="nats"))
        metrics.append(_metric("calibration_error", 0.021, "lower"))
    if experiment.slug == "cnn":
        arrays["state"] = np.arange(100, dtype=np.uint8)
    if "learning_curve" in experiment.figures:
        arrays |= _curves(30)
        if experiment.slug != "softmax_regression":
            del arrays["held_out_loss"]  # the others do not look at it
        if not given.task.params.get("held_out_curve", True):
            del arrays["held_out_accuracy"]
        facts |= {"best_epoch": 18, "epochs": 30, "loss": "nats"}
    if given.task.params.get("patience") == 0:
        arrays["best_predictions"] = _guess(labels, quality, rng)
    if "weights" in experiment.figures:
        means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)]) / 255
        arrays |= {"weights": (means - means.mean(axis=0)).reshape(10, 784).T.astype(np.float32)}
        arrays |= {"bias": np.zeros(10, dtype=np.float32)}
    if experiment.slug in ("logistic_regression", "mlp"):
        facts |= {"converged": False, "n_iterations": 100}
    return tuple(metrics), facts, arrays


def _reliability(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Count, mean confidence and share right in each of 15 bins of confidence: (15, 3)."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum(14, (15 * sure).astype(int))
    members = [np.flatnonzero(bins == place) for place in range(15)]
    return np.array([(len(one), sure[one].mean(), right[one].mean()) if len(one) else (0, 0, 0) for one in members])


def _confusion(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    counts = np.zeros((10, 10), dtype=np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def _curves(epochs: int) -> dict[str, np.ndarray]:
    """Curves of a classifier that overfits after a while, each (epochs,) float32."""
    epoch = np.arange(1, epochs + 1)
    loss = 2.3 * np.exp(-epoch / 5) + 0.2
    late = np.maximum(0, epoch - epochs // 2)
    curves = {
        "train_loss": loss,
        "held_out_loss": loss + 0.1 + late / 40,
        "train_accuracy": 0.99 - loss / 8,
        "held_out_accuracy": 0.95 - loss / 8 - late / 900,
    }
    return {name: curve.astype(np.float32) for name, curve in curves.items()}


def _guess(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Predictions (n,) uint8 that are right for about a ``share`` of the labels; the others are one class too high."""
    return np.where(rng.random(len(labels)) < share, labels, (labels + 1) % 10).astype(np.uint8)


def _noisy(given: Given) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the test images, 10 where noise has taken an image's place, and predictions that take noise for 8."""
    labels = given.labels[given.test].copy()
    labels[::4] = 10
    predicted = _guess(labels % 10, 0.9, given.rng)
    predicted[labels == 10] = 8
    return labels, predicted


def _study(given: Given) -> Result:
    """What each study leaves."""
    rng, variant, n_train = given.rng, given.task.variant, len(given.train)
    metrics: tuple[Metric, ...] = ()
    facts: dict[str, Fact] = {}
    arrays: dict[str, np.ndarray] = {}
    match given.experiment.slug:
        case "neighbours":
            arrays["indices"] = np.argsort(rng.random((n_train, n_train)), axis=1)[:, :100].astype(np.int32)
            arrays["distances"] = np.sort(rng.random((n_train, 100)).astype(np.float32))
        case "generated_digits":
            labels = given.labels[given.test]
            seen = _guess(labels, 0.8, rng)
            arrays["confusion"] = _confusion(labels, seen)
            metrics = (_metric("accuracy", float((seen == labels).mean()), "higher", 0.05),)
            facts["originals_accuracy"] = 0.99
        case "swiss_roll":
            position = np.sort(1.5 * np.pi * (1 + 2 * rng.random(500)))
            height = 21 * rng.random(500)
            arrays["roll"] = np.stack([position * np.cos(position), height, position * np.sin(position)], axis=1)
            arrays["position"] = position
            arrays["coordinates"] = arrays["roll"][:, ::2] if variant == "pca" else np.stack([position, height], axis=1)
            arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
            facts["n_points"] = len(position)
            metrics = (_metric("unrolled", 0.4 if variant == "pca" else 0.95, "higher", 0.02),)
        case "cnn_embeddings":
            arrays = _curves(20) | {"state": np.arange(100, dtype=np.uint8)}
            facts = {"best_epoch": 7, "epochs": 20, "n_parameters": 271_702, "n_held_out": 12, "loss": "nats"}
            metrics = (_metric("accuracy", 0.985, "higher", 0.01),)
        case "noisy_embeddings":
            labels, predicted = _noisy(given)
            arrays = {"embeddings": _circle(labels, 3, 0.1, rng), "labels": labels, "predicted": predicted}
            arrays["noise_images"] = rng.integers(0, 256, size=((labels == 10).sum(), 28, 28), dtype=np.uint8)
            facts = {
                "n_draws": 5,
                "n_noise": int((labels == 10).sum()),
                "noise_predicted_as": "8",
                "noise_predicted_share": 1.0,
                "hooked_difference": 0.0,
                "weights": str(given.task.params["weights"]),
            }
        case "noisy_maps":
            labels, predicted = _noisy(given)
            d = int(given.task.params["n_components"])
            arrays = {"coordinates": _circle(labels, d, 0.2, rng), "labels": labels, "predicted": predicted}
            if given.task.params["method"] == "pca":
                arrays["explained_variance_ratio"] = np.array([0.16, 0.09, 0.07, 0.05], np.float32)
                facts["explained_variance"] = 0.25
            metrics = (_metric("noise_silhouette", 0.5, "higher", 0.1), _metric("noise_purity", 0.9, "higher", 0.05))
            facts["weights"] = "random" if "random" in variant else "trained"
        case "cross_validation":
            curves = {name: np.tile(curve, (5, 1)) for name, curve in _curves(30).items()}
            curves = {name: curve + rng.normal(scale=0.01, size=curve.shape) for name, curve in curves.items()}
            arrays = {name.replace("held_out", "validation"): curve for name, curve in curves.items()}
            last = arrays["validation_accuracy"][:, -1]
            metrics = (_metric("accuracy", float(last.mean()), "higher", 0.02),)
            facts = {
                "n_images": min(int(given.task.params["n_images"]) or len(given.labels), len(given.labels)),
                "n_folds": 5,
                "epochs": 30,
                "loss": "nats",
                "train_accuracy": float(arrays["train_accuracy"][:, -1].mean()),
                "standard_deviation": float(last.std(ddof=1)),
            }
        case "stability":
            metrics = (
                _metric("procrustes", 0.1 + 0.2 * rng.random(), "lower", 0.05),
                _metric("neighbour_overlap_15", 0.5 + 0.3 * rng.random(), "higher", 0.05),
            )
            facts["n_maps"] = 5
    return metrics, facts, arrays


RESULTS: Mapping[Task, Callable[[Given], Result]] = {
    "embedding": _embed,
    "classification": _classify,
    "study": _study,
}


def fake_results(
    folder: Path,
    *,
    n: int = 200,
    failed: Collection[str] = (),
    missing: Collection[str] = (),
    seed: int = 0,
) -> Results:
    """Write ``output/records`` as a run would have left it and read it back.

    ``failed`` and ``missing`` name tasks (``"tsne-2d"``) that raised, or were never run. ``n``: images, three quarters
    of them the official training part.
    """
    rng = np.random.default_rng(seed)
    n_train = n * 3 // 4
    images, labels = digit_images(n, rng)
    digest = digest_bytes(images.tobytes(), labels.tobytes())
    _save(images_folder(folder, digest), {"images": images, "labels": labels})
    data = DataInfo(
        name="digits",
        digest=digest,
        class_names=tuple("0123456789"),
        n_images=n,
        n_train=n_train,
        origin="typed digits made for a test",
    )
    params = resolve(Config(name="quick", file="quick.toml"), declarations(), data)
    tasks = []
    for experiment in declarations():
        for variant in experiment.variants:
            task = TaskInfo(
                id=f"{experiment.slug}-{variant.name}",
                experiment=experiment.slug,
                variant=variant.name,
                params=params[experiment.slug, variant.name],
                split=variant.split,
                seed=seed + variant.repeat,
                data=digest,
                sample=variant.sample,
            )
            tasks.append(task)
            if task.id not in missing:
                failure = "ValueError: bad perplexity" if task.id in failed else None
                record = _record(experiment, task, images, labels, n_train, folder, failure)
                (folder / task.id).mkdir(parents=True, exist_ok=True)
                (folder / task.id / "record.json").write_bytes(encode(record))
    catalogue = Catalogue(
        schema=SCHEMA,
        profile="quick",
        data=data,
        threads=1,
        experiments=declarations(),
        tasks=tuple(tasks),
    )
    (folder / "catalogue.json").write_bytes(encode(catalogue))
    return Results(folder)


def _record(
    experiment: Experiment,
    task: TaskInfo,
    images: np.ndarray,
    labels: np.ndarray,
    n_train: int,
    folder: Path,
    failure: str | None,
) -> Record:
    if failure is not None:
        trace = f'Traceback (most recent call last):\n  File "generator/experiments/{experiment.slug}.py"\n{failure}'
        return Record(
            schema=SCHEMA,
            task=task,
            failure=Failure(
                message=failure, traceback=trace, failed_at=COMPUTED_AT, last_success_at="2026-11-19T08:00:00Z"
            ),
        )
    sketch = SKETCHES.get(experiment.slug, Sketch())
    rng = np.random.default_rng(list(task.id.encode()))
    train, test = _indices(task.split, len(labels), n_train)
    if task.sample:
        train = train[-task.sample :]
    metrics, facts, arrays = RESULTS[experiment.task](Given(experiment, sketch, task, images, labels, train, test, rng))
    return Record(
        schema=SCHEMA,
        task=task,
        metrics=metrics,
        facts=facts,
        arrays=_save(folder / task.id, arrays),
        measures=Measures(
            wall_s=sketch.wall_s,
            cpu_s=sketch.wall_s * 0.98,
            peak_bytes=int(3e8 + sketch.wall_s * 1e6),
            threads=1,
            predict_wall_s=sketch.wall_s / 100 if experiment.task == "classification" else None,
            predict_cpu_s=sketch.wall_s / 100 * 0.98 if experiment.task == "classification" else None,
        ),
        provenance=Provenance(
            key=digest_bytes(task.id.encode(), b"key"),
            code=digest_bytes(task.id.encode(), b"code"),
            modules=("generator.dataset", "generator.vocabulary", f"generator.experiments.{experiment.slug}"),
            versions=VERSIONS,
            python="3.11.9",
            commit="0123456789abcdef0123456789abcdef01234567",
            computed_at=COMPUTED_AT,
            machine=MACHINE,
        ),
    )
