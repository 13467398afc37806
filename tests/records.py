"""Small synthetic results with all that a real run leaves: all experiments, every array, made in a moment."""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.files import digest_bytes
from generator.record import (
    SCHEMA,
    ArrayInfo,
    Catalogue,
    DataInfo,
    Declaration,
    Fact,
    Failure,
    Machine,
    Measures,
    Metric,
    ParamDeclaration,
    Provenance,
    Record,
    Results,
    TaskInfo,
    VariantDeclaration,
    encode,
    images_folder,
)

MACHINE = Machine(cpu="Example CPU @ 2.50 GHz", cores=2, memory_bytes=8 * 2**30, system="Linux 6.1 x86_64")
VERSIONS = {"numpy": "2.4.6", "scikit-learn": "1.9.1"}
COMPUTED_AT = "2026-11-20T12:34:56Z"

MAP_FIGURES = ("scatter", "digit_map")
CLASSIFIER_FIGURES = ("confusion", "mistakes")


@dataclass(frozen=True)
class Sketch:
    """What is said of one experiment to make up its declaration and records."""

    slug: str
    title: str
    summary: str
    figures: tuple[str, ...]
    params: Mapping[str, tuple[Fact, str]]  # name: (default, unit)
    variants: tuple[VariantDeclaration, ...]
    wall_s: float
    quality: float  # trustworthiness or accuracy, about
    n_parameters: int = 0
    control: bool = False

    @property
    def is_map(self) -> bool:
        return self.figures[0] == "scatter"


def _variant(name: str, title: str, split: str, *, compared: bool = True, **params: Fact) -> VariantDeclaration:
    return VariantDeclaration(name=name, title=title, params=params, split=split, compared=compared)  # type: ignore[arg-type]


SKETCHES = (
    Sketch(
        "pca",
        "PCA",
        "Turns the axes towards the directions in which the images differ most",
        (*MAP_FIGURES, "components"),
        {"n_components": (2, "1")},
        (_variant("2d", "Two dimensions", "official"), _variant("3d", "Three dimensions", "official", n_components=3)),
        0.8,
        0.74,
    ),
    Sketch(
        "tsne",
        "t-SNE",
        "Keeps close neighbours close and lets everything else drift",
        MAP_FIGURES,
        {"perplexity": (30.0, "1"), "early_exaggeration": (12.0, "1"), "n_iterations": (500, "steps")},
        (_variant("2d", "Two dimensions", "official"),),
        170.4,
        0.98,
    ),
    Sketch(
        "umap",
        "UMAP",
        "Lays out a weighted graph of nearest neighbours",
        MAP_FIGURES,
        {"n_neighbors": (15, "images"), "min_dist": (0.1, "1")},
        (_variant("2d", "Two dimensions", "official"),),
        61.2,
        0.96,
    ),
    Sketch(
        "random_projection",
        "Random projection",
        "Looks at the images from a direction drawn by lot",
        MAP_FIGURES,
        {"n_components": (2, "1")},
        (_variant("2d", "Two dimensions", "official"),),
        0.3,
        0.55,
        control=True,
    ),
    Sketch(
        "softmax_regression",
        "Softmax regression",
        "Learns one weight image per digit by gradient descent",
        (*CLASSIFIER_FIGURES, "learning_curve", "weights"),
        {"learning_rate": (0.24, "1"), "batch_size": (100, "images"), "patience": (10, "epochs")},
        (
            _variant("sound", "Untouched test images", "quarter"),
            _variant("published", "As published", "fifth", compared=False),
        ),
        21.7,
        0.88,
        7850,
    ),
    Sketch(
        "logistic_regression",
        "Logistic regression",
        "The same model, solved by scikit-learn",
        CLASSIFIER_FIGURES,
        {"max_iter": (100, "steps")},
        (_variant("default", "As published", "quarter"),),
        33.0,
        0.9,
        7850,
    ),
    Sketch(
        "cnn",
        "Convolutional network",
        "Learns small filters that see the image piece by piece",
        (*CLASSIFIER_FIGURES, "learning_curve"),
        {"epochs": (10, "epochs"), "batch_size": (32, "images")},
        (_variant("published", "As published", "quarter"),),
        410.0,
        0.96,
        228_586,
    ),
    Sketch(
        "majority_class",
        "Majority class",
        "Always answers with the commonest digit",
        ("confusion",),
        {},
        (_variant("default", "Always the same answer", "quarter"),),
        0.01,
        0.12,
        control=True,
    ),
)


def _declaration(sketch: Sketch, order: int) -> Declaration:
    return Declaration(
        slug=sketch.slug,
        title=sketch.title,
        summary=sketch.summary,
        section="maps" if sketch.is_map else "classifiers",
        task="embedding" if sketch.is_map else "classification",
        order=order,
        control=sketch.control,
        figures=sketch.figures,
        params=tuple(
            ParamDeclaration(name=name, type=type(default).__name__, default=default, unit=unit)  # type: ignore[arg-type]
            for name, (default, unit) in sketch.params.items()
        ),
        variants=sketch.variants,
        needs=(),
    )


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


def _indices(split: str, n: int, n_train: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if split == "official":
        return np.arange(n_train), np.arange(n_train, n)
    shuffled = rng.permutation(n)
    n_test = n // 4 if split == "quarter" else n // 5
    return shuffled[n_test:], shuffled[:n_test]


def _metric(name: str, value: float, better: str, spread: float | None = None, unit: str = "1") -> Metric:
    low, high = (None, None) if spread is None else (max(0.0, value - spread), min(1.0, value + spread))
    return Metric(name=name, value=value, better=better, low=low, high=high, unit=unit)  # type: ignore[arg-type]


Result = tuple[tuple[Metric, ...], dict[str, Fact], dict[str, np.ndarray]]


def _embed(sketch: Sketch, d: int, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Result:
    """Classes on a circle, tighter for better methods, in very different units for each."""
    angle = labels * (2 * np.pi / 10)
    centres = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1)[:, :d]
    coordinates = 40 * (centres + rng.normal(scale=1.2 - sketch.quality, size=centres.shape))
    coordinates[:, 0] *= 3
    arrays: dict[str, np.ndarray] = {"coordinates": coordinates.astype(np.float32)}
    facts: dict[str, Fact] = {}
    if sketch.slug == "pca":
        flat = images.reshape(len(images), -1) / 255
        _, spread, axes = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
        ratio = (spread**2 / (spread**2).sum()).astype(np.float32)
        arrays |= {
            "explained_variance_ratio": ratio[:50],
            "components": axes[:10].reshape(-1, 28, 28).astype(np.float32),
        }
        facts["explained_variance"] = float(ratio[:d].sum())
    if sketch.slug == "tsne":
        facts["kl_divergence"] = 1.234
    metrics = (
        _metric("trustworthiness", sketch.quality, "higher"),
        _metric("continuity", min(0.99, sketch.quality + 0.05), "higher"),
        _metric("neighbour_recall_15", sketch.quality**4 / 2, "higher"),
        _metric("neighbour_accuracy_10", sketch.quality**3, "higher", 0.01),
        _metric("distance_correlation", 1.2 - sketch.quality, "higher"),
    )
    return metrics, facts, arrays


def _classify(sketch: Sketch, labels: np.ndarray, images: np.ndarray, rng: np.random.Generator) -> Result:
    """Predictions that are right about as often as ``quality`` says."""
    n = len(labels)
    probabilities = rng.random((n, 10)).astype(np.float32) ** 3
    sure = rng.random(n) < sketch.quality
    probabilities[np.arange(n)[sure], labels[sure]] += 2
    if sketch.slug == "majority_class":
        probabilities = np.zeros((n, 10), dtype=np.float32)
        probabilities[:, 1] = 1
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    predictions = probabilities.argmax(axis=1).astype(np.uint8)
    confusion = np.zeros((10, 10), dtype=np.int64)
    np.add.at(confusion, (labels, predictions), 1)
    arrays: dict[str, np.ndarray] = {"predictions": predictions, "confusion": confusion}
    metrics = [_metric("accuracy", float((predictions == labels).mean()), "higher", 0.04)]
    facts: dict[str, Fact] = {"n_parameters": sketch.n_parameters}
    if sketch.slug != "majority_class":
        arrays["probabilities"] = probabilities
        metrics.append(_metric("log_loss", 0.31, "lower", unit="nats"))
    if "learning_curve" in sketch.figures:
        epochs = np.arange(1, 31)
        loss = 2.3 * np.exp(-epochs / 5) + 0.2
        arrays["history"] = np.stack(
            [loss, 0.99 - loss / 8, 0.95 - loss / 8 - np.maximum(0, epochs - 18) / 900], axis=1
        ).astype(np.float32)
        facts |= {"best_epoch": 18, "epochs": 30}
    if "weights" in sketch.figures:
        means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)]) / 255
        arrays |= {"weights": (means - means.mean(axis=0)).reshape(10, 784).T.astype(np.float32)}
        arrays |= {"bias": np.zeros(10, dtype=np.float32)}
    if sketch.slug == "logistic_regression":
        facts |= {"converged": False, "n_iterations": 100}
    return tuple(metrics), facts, arrays


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
    declarations = tuple(_declaration(sketch, order) for order, sketch in enumerate(SKETCHES))
    tasks = []
    for sketch in SKETCHES:
        for variant in sketch.variants:
            params = {name: default for name, (default, _) in sketch.params.items()} | variant.params
            task = TaskInfo(
                id=f"{sketch.slug}-{variant.name}",
                experiment=sketch.slug,
                variant=variant.name,
                params=params,
                split=variant.split,
                seed=seed,
                data=digest,
            )
            tasks.append(task)
            if task.id not in missing:
                failure = "ValueError: bad perplexity" if task.id in failed else None
                record = _record(sketch, task, images, labels, n_train, folder, failure)
                (folder / task.id).mkdir(parents=True, exist_ok=True)
                (folder / task.id / "record.json").write_bytes(encode(record))
    catalogue = Catalogue(
        schema=SCHEMA,
        profile="quick",
        data=DataInfo(
            name="digits",
            digest=digest,
            class_names=tuple("0123456789"),
            n_images=n,
            n_train=n_train,
            origin="typed digits made for a test",
        ),
        threads=1,
        experiments=declarations,
        tasks=tuple(tasks),
    )
    (folder / "catalogue.json").write_bytes(encode(catalogue))
    return Results(folder)


def _record(
    sketch: Sketch,
    task: TaskInfo,
    images: np.ndarray,
    labels: np.ndarray,
    n_train: int,
    folder: Path,
    failure: str | None,
) -> Record:
    if failure is not None:
        trace = f'Traceback (most recent call last):\n  File "generator/experiments/{sketch.slug}.py"\n{failure}'
        return Record(
            schema=SCHEMA,
            task=task,
            failure=Failure(
                message=failure, traceback=trace, failed_at=COMPUTED_AT, last_success_at="2026-11-19T08:00:00Z"
            ),
        )
    rng = np.random.default_rng(list(task.id.encode()))
    train, test = _indices(task.split, len(labels), n_train, rng)
    if sketch.is_map:
        d = int(task.params.get("n_components", 2))
        metrics, facts, arrays = _embed(sketch, d, images[train], labels[train], rng)
        arrays["index"] = train
    else:
        metrics, facts, arrays = _classify(sketch, labels[test], images[test], rng)
        arrays["index"] = test
    return Record(
        schema=SCHEMA,
        task=task,
        metrics=metrics,
        facts=facts,
        arrays=_save(folder / task.id, arrays),
        measures=Measures(
            wall_s=sketch.wall_s, cpu_s=sketch.wall_s * 0.98, peak_bytes=int(3e8 + sketch.wall_s * 1e6), threads=1
        ),
        provenance=Provenance(
            key=digest_bytes(task.id.encode(), b"key"),
            code=digest_bytes(task.id.encode(), b"code"),
            modules=("generator.dataset", "generator.experiment", f"generator.experiments.{sketch.slug}"),
            versions=VERSIONS,
            python="3.11.9",
            commit="0123456789abcdef0123456789abcdef01234567",
            computed_at=COMPUTED_AT,
            machine=MACHINE,
        ),
    )
