"""Small synthetic results with all that a real run leaves: all experiments, every array, made in a moment."""

import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.files import digest_bytes
from generator.metric import Metric
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
    NeedDeclaration,
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

Section = Literal["maps", "classifiers"]
Task = Literal["embedding", "classification", "study"]

#: Images of a sample that a series looks at.
SAMPLE = 100


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
    section: Section = "maps"
    task: Task = "embedding"
    n_parameters: int = 0
    control: bool = False
    deterministic: bool = False
    material: str = ""
    parent: str = ""


def _variant(
    name: str,
    title: str,
    split: str = "official",
    *,
    compared: bool = True,
    needs: Collection[str] = (),
    **params: Fact,
) -> VariantDeclaration:
    """``needs``: tasks, such as ``"neighbours-exact"``."""
    needed = tuple(
        NeedDeclaration(slug, slug, variant, counted=slug == "neighbours")
        for slug, _, variant in (one.partition("-") for one in needs)
    )
    return VariantDeclaration(name, title, params, split, compared, needed)  # type: ignore[arg-type]


def _series(name: str, *settings: Mapping[str, Fact], sample: int = SAMPLE) -> tuple[VariantDeclaration, ...]:
    """One variant for each setting."""
    return tuple(
        VariantDeclaration(
            name="_".join((name, *(str(value).replace(".", "_") for value in params.values()))),
            title="",
            params=dict(params),
            split="official",
            compared=False,
            series=name,
            sample=sample,
        )
        for params in settings
    )


def _seeds(sample: int = SAMPLE, **params: Fact) -> tuple[VariantDeclaration, ...]:
    """Five repeats."""
    return tuple(
        VariantDeclaration(f"seed_{i}", "", params, "official", False, series="seed", sample=sample, repeat=i)
        for i in range(5)
    )


def _repeats(name: str = "seed", **params: Fact) -> tuple[VariantDeclaration, ...]:
    """Four more of a classifier, on the same images."""
    return tuple(
        VariantDeclaration(f"{name}_{i}", "", params, "quarter", False, series=name, repeat=i) for i in range(1, 5)
    )


def _sizes(**params: Fact) -> tuple[VariantDeclaration, ...]:
    """A classifier on few and on fewer training images."""
    return tuple(
        VariantDeclaration(f"size_{n}", "", params, "quarter", False, series="size", sample=n)
        for n in (30, 80, 7_000)  # the last are more than there are
    )


def _candidates(*settings: Mapping[str, Fact]) -> tuple[VariantDeclaration, ...]:
    """The settings among which a classifier's tuned one was chosen."""
    return tuple(
        VariantDeclaration(f"candidate_{i}", "", dict(params), "tuning", False, series="candidate")
        for i, params in enumerate(settings, start=1)
    )


#: Whether a network's accuracy on the test images is taken after each epoch.
FOLLOWED: Mapping[str, tuple[Fact, str]] = {"held_out_curve": (True, "1")}

STARTS = tuple({"init": init} for init in ("random", "pca", "spectral"))
NOISY = ("trained_published", "trained_distinct", "random_published", "random_distinct")

SKETCHES = (
    Sketch(
        "pca",
        "PCA",
        "Turns the axes towards the directions in which the images differ most",
        (*MAP_FIGURES, "digit_map_dense", "components"),
        {"n_components": (2, "1")},
        (_variant("2d", "Two dimensions"), _variant("3d", "Three dimensions", n_components=3)),
        0.8,
        0.74,
    ),
    Sketch(
        "neighbours",
        "Exact neighbours",
        "Finds the nearest images of every image by trying all",
        (),
        {"k": (100, "1")},
        (_variant("exact", "All pairs"),),
        48.0,
        1.0,
        task="study",
        parent="tsne",
    ),
    Sketch(
        "tsne",
        "t-SNE",
        "Keeps close neighbours close and lets everything else drift",
        (*MAP_FIGURES, "digit_map_dense", "digit_map_parts"),
        {
            "perplexity": (30.0, "1"),
            "early_exaggeration": (12.0, "1"),
            "n_iterations": (500, "1"),
            "init": ("pca", "1"),
        },
        (
            _variant("2d", "Two dimensions", needs=["neighbours-exact"]),
            *_series("perplexity", *({"perplexity": p} for p in (5.0, 15.0, 30.0, 100.0, 500.0))),
            *_series("start", *STARTS),
            *_seeds(),
        ),
        170.4,
        0.98,
    ),
    Sketch(
        "umap",
        "UMAP",
        "Lays out a weighted graph of nearest neighbours",
        (*MAP_FIGURES, "digit_map_dense", "digit_map_parts"),
        {"n_neighbors": (15, "1"), "min_dist": (0.1, "1"), "init": ("spectral", "1")},
        (
            _variant("2d", "Two dimensions", needs=["neighbours-exact"]),
            *_series(
                "grid", *({"n_neighbors": k, "min_dist": d} for k in (5, 15, 50, 200) for d in (0.0, 0.1, 0.5, 0.99))
            ),
            *_series("start", *STARTS),
            *_seeds(),
        ),
        121.2,
        0.96,
    ),
    Sketch(
        "autoencoder",
        "Autoencoder",
        "Squeezes each image through a few numbers and draws it again",
        (
            *MAP_FIGURES,
            "digit_map_dense",
            "six_views",
            "learning_curve",
            "reconstructions",
            "traversal",
            "latent_error",
        ),
        {
            "latent": (2, "1"),
            "epochs": (100, "1"),
            "batch_size": (100, "images"),
            "variational": (False, "1"),
        },
        (
            _variant("2d", "Two dimensions"),
            _variant("3d", "Three dimensions", latent=3),
            _variant("vae", "Variational", variational=True),
            *_series("latent", *({"latent": k, "epochs": 20} for k in (1, 2, 3, 4, 8, 16, 32)), sample=0),
            *_seeds(),
        ),
        402.0,
        0.92,
    ),
    Sketch(
        "generated_digits",
        "Generated digits",
        "Asks a classifier what the reconstructions show",
        ("generated_digits", "generated_confusion"),
        {},
        tuple(
            _variant(name, title, needs=[f"autoencoder-{name}", "cnn-published"])
            for name, title in (("2d", "Two dimensions"), ("3d", "Three dimensions"), ("vae", "Variational"))
        ),
        6.0,
        0.8,
        task="study",
        parent="autoencoder",
    ),
    Sketch(
        "swiss_roll",
        "Swiss roll",
        "Unrolls a sheet that lies curled up in space",
        ("swiss_roll",),
        {"method": ("pca", "1"), "points": (2000, "1"), "n_neighbors": (10, "1")},
        tuple(
            msgspec.structs.replace(_variant(name, title, method=name), uses=("method", "points", *own))
            for name, title, own in (
                ("pca", "PCA", ()),
                ("umap", "UMAP", ()),
                ("tsne", "t-SNE", ()),
                ("isomap", "Isomap", ("n_neighbors",)),
                ("autoencoder", "Autoencoder", ()),
            )
        ),
        8.0,
        0.8,
        task="study",
        material="points of a Swiss roll",
    ),
    Sketch(
        "cnn_embeddings",
        "CNN embeddings",
        "Looks at the hundred numbers that a classifier decides by",
        ("learning_curve",),
        {"epochs": (20, "1"), "batch_size": (32, "images")},
        (_variant("trained", "Trained"),),
        210.0,
        0.98,
        task="study",
    ),
    Sketch(
        "noisy_embeddings",
        "Embeddings with noise",
        "Hides images of pure noise among the test images",
        ("test_grid", "noise_predicted"),
        {"weights": ("trained", "1"), "noise": ("published", "1"), "draws": (1000, "1"), "noise_seed": (19, "1")},
        tuple(
            _variant(name, name.replace("_", ", "), needs=["cnn_embeddings-trained"], weights=weights, noise=noise)
            for name in NOISY
            for weights, noise in (name.split("_"),)
        ),
        3.0,
        0.9,
        task="study",
        parent="cnn_embeddings",
    ),
    Sketch(
        "noisy_maps",
        "Maps of embeddings with noise",
        "Draws those embeddings in the plane and in space",
        ("noisy_2d", "noisy_3d", "explained_variance", "noisy_side_by_side", "noisy_seeds"),
        {"method": ("pca", "1"), "n_components": (3, "1")},
        (
            *(
                _variant(
                    f"{method}{d}_{of}",
                    f"{title}, {d}-D, {of.replace('_', ', ')}",
                    compared=False,
                    needs=[f"noisy_embeddings-{of}"],
                    method=method,
                    n_components=d,
                )
                for method, title in (("pca", "PCA"), ("tsne", "t-SNE"))
                for d in (2, 3)
                for of in NOISY
            ),
            *_seeds(sample=0, method="tsne", n_components=2),
        ),
        20.0,
        0.9,
        task="study",
        parent="cnn_embeddings",
    ),
    Sketch(
        "stability",
        "Stability",
        "Compares the maps of five seeds with one another",
        (),
        {"method": ("tsne", "1")},
        (
            _variant("tsne", "t-SNE", method="tsne", needs=["tsne-seed_0"]),
            _variant("umap", "UMAP", method="umap", needs=["umap-seed_0"]),
            _variant("autoencoder", "Autoencoder", method="autoencoder", needs=["autoencoder-seed_0"]),
            _variant(
                "noisy_tsne",
                "t-SNE of CNN embeddings, random starts",
                compared=False,
                method="noisy_tsne",
                needs=["noisy_maps-seed_0"],
            ),
        ),
        1.0,
        0.9,
        task="study",
        parent="tsne",
    ),
    Sketch(
        "laplacian_eigenmaps",
        "Laplacian eigenmaps",
        "Places joined neighbours near each other",
        MAP_FIGURES,
        {"n_components": (2, "1"), "n_neighbors": (15, "1")},
        (_variant("2d", "Two dimensions", needs=["neighbours-exact"]),),
        95.0,
        0.9,
    ),
    Sketch(
        "random_projection",
        "Random projection",
        "Projects the images on directions drawn at random",
        MAP_FIGURES,
        {"n_components": (2, "1"), "shuffled": (False, "1")},
        (_variant("2d", "Two dimensions"), _variant("shuffled", "Shuffled", shuffled=True)),
        0.3,
        0.55,
        control=True,
    ),
    Sketch(
        "raw_pixels",
        "Raw pixels",
        "Leaves the images as they are",
        (),
        {"pca_components": (0, "1")},
        (_variant("pixels", "All pixels"), _variant("pca_50", "Fifty principal components", pca_components=50)),
        0.1,
        1.0,
        control=True,
    ),
    Sketch(
        "softmax_regression",
        "Softmax regression",
        "Learns one weight image per digit by gradient descent",
        (*CLASSIFIER_FIGURES, "learning_curve", "weights", "telling_mistake", "per_class", "reliability"),
        {"learning_rate": (0.24, "1"), "batch_size": (100, "images"), "patience": (10, "epochs")},
        (
            _variant("sound", "Untouched test images", "quarter"),
            _variant("published", "Article's settings", "fifth", compared=False),
            _variant("endless", "Early stopping off", "fifth", compared=False, patience=0),
            *_repeats(),
            *_sizes(),
        ),
        21.7,
        0.75,
        "classifiers",
        "classification",
        n_parameters=7850,
    ),
    Sketch(
        "cross_validation",
        "Cross-validation",
        "Holds out every image once",
        ("cross_validation",),
        {"n_images": (0, "1"), "n_folds": (5, "1"), "epochs": (30, "1")},
        (
            _variant("all", "All images", "fifth"),
            _variant("n_7000", "7,000 images", "fifth", n_images=7000),
            _variant("n_700", "700 images", "fifth", n_images=700),
        ),
        12.0,
        0.9,
        "classifiers",
        "study",
        parent="softmax_regression",
    ),
    Sketch(
        "logistic_regression",
        "Logistic regression",
        "The same model, solved by scikit-learn",
        CLASSIFIER_FIGURES,
        {"max_iter": (100, "1"), "c": (1.0, "1")},
        (
            _variant("published", "Article's settings", "quarter"),
            _variant("tuned", "Tuned", "quarter", c=0.02),
            *_sizes(c=0.02),
            *_candidates({}, {"c": 0.02}, {"c": 0.1}),
        ),
        33.0,
        0.9,
        "classifiers",
        "classification",
        n_parameters=7850,
        deterministic=True,
    ),
    Sketch(
        "svc",
        "Support vector machine",
        "Draws the widest possible border",
        (*CLASSIFIER_FIGURES, "per_class"),
        {"gamma": (1 / 784, "1"), "c": (2.0, "1")},
        (
            _variant("published", "Article's settings", "quarter"),
            _variant("tuned", "Tuned", "quarter", gamma=0.05, c=5.0),
            *_sizes(gamma=0.05, c=5.0),
            *_candidates({}, {"gamma": 0.05, "c": 5.0}, {"gamma": 0.05, "c": 2.0}),
        ),
        80.0,
        0.93,
        "classifiers",
        "classification",
        n_parameters=1_000_000,
        deterministic=True,
    ),
    *(
        Sketch(
            slug,
            title,
            "Puts one layer of learned features between pixels and digits",
            (*CLASSIFIER_FIGURES, "learning_curve"),
            {"hidden": (128, "1"), "epochs": (20, "1"), "batch_size": (32, "images"), **curve},
            (
                _variant("published", "Article's settings", "quarter"),
                _variant("tuned", "Tuned", "quarter", hidden=512),
                *_repeats(),
                *_repeats("tuned_seed", hidden=512),
                *_sizes(hidden=512, epochs=40),
                *_candidates({}, {"hidden": 256}, {"hidden": 512}),
            ),
            wall_s,
            0.94,
            "classifiers",
            "classification",
            n_parameters=101_770,
        )
        for slug, title, wall_s, curve in (
            ("mlp", "MLP (scikit-learn)", 60.0, {}),
            ("dense_network", "MLP (PyTorch)", 90.0, FOLLOWED),
        )
    ),
    Sketch(
        "cnn",
        "Convolutional network",
        "Learns small filters that see the image piece by piece",
        (*CLASSIFIER_FIGURES, "learning_curve"),
        {"epochs": (10, "1"), "batch_size": (32, "images"), **FOLLOWED},
        (
            _variant("published", "Article's settings", "quarter"),
            _variant("tuned", "Tuned", "quarter", batch_size=128),
            *_repeats(),
            *_repeats("tuned_seed", batch_size=128),
            *_sizes(batch_size=128, epochs=30),
            *_candidates({}, {"batch_size": 64}, {"batch_size": 128}),
        ),
        410.0,
        0.96,
        "classifiers",
        "classification",
        n_parameters=228_586,
    ),
    Sketch(
        "k_nearest",
        "Nearest neighbours",
        "Answers as the most similar training images are labelled",
        CLASSIFIER_FIGURES,
        {"k": (3, "1")},
        (_variant("default", "k = 3", "quarter"), *_sizes(), *_candidates({"k": 1}, {"k": 3}, {"k": 5})),
        30.0,
        0.95,
        "classifiers",
        "classification",
        deterministic=True,
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
        "classifiers",
        "classification",
        control=True,
        deterministic=True,
    ),
)


def _declaration(sketch: Sketch, order: int) -> Declaration:
    return Declaration(
        slug=sketch.slug,
        title=sketch.title,
        summary=sketch.summary,
        section=sketch.section,
        task=sketch.task,
        order=order,
        control=sketch.control,
        figures=sketch.figures,
        params=tuple(
            ParamDeclaration(
                name=name, type=type(default).__name__, default=default, unit=unit, recording=name in FOLLOWED
            )  # type: ignore[arg-type]
            for name, (default, unit) in sketch.params.items()
        ),
        variants=sketch.variants,
        parent=sketch.parent,
        deterministic=sketch.deterministic,
        material=sketch.material,
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
    sketch, params = given.sketch, given.task.params
    quality = sketch.quality - (0.2 if given.task.sample else 0) * given.rng.random()
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
    if sketch.slug == "laplacian_eigenmaps":
        facts |= {"graph_parts": 1, "least_eigenvalue": 0.0042}
    if sketch.slug == "autoencoder":
        error = 0.12 / d
        facts |= {"reconstruction_error": error, "epochs": int(params["epochs"]), "loss": "mean squared error"}
        facts |= {"reconstruction_error_low": 0.9 * error, "reconstruction_error_high": 1.1 * error}
        loss = error * (1 + np.exp(-np.arange(int(params["epochs"])) / 5))
        arrays |= {"train_loss": loss.astype(np.float32), "held_out_loss": (1.1 * loss).astype(np.float32)}
        if given.task.variant in ("2d", "3d", "vae"):
            arrays["reconstructions"] = given.images[given.test] // 2
            arrays["state"] = np.arange(100, dtype=np.uint8)
        if d == 2 and not given.task.sample:
            arrays["traversal"] = np.resize(images, (15, 15, 28, 28))
            arrays["traversal_at"] = np.stack([np.linspace(-reach, reach, 15) for reach in (1, 2)]).astype(np.float32)
        if given.task.params["variational"]:
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
    sketch, rng, labels, images = given.sketch, given.rng, given.labels[given.test], given.images[given.test]
    n = len(labels)
    probabilities = rng.random((n, 10)).astype(np.float32) ** 3
    quality = sketch.quality - 0.2 * (given.task.sample > 0) + 0.02 * (given.task.variant.startswith("best"))
    # What is hard for one is hard for all; six in a hundred images are beyond any of them.
    hardness = np.random.default_rng(0).permutation(len(given.labels))[given.test] / len(given.labels)
    sure = hardness + rng.normal(scale=0.03, size=n) < quality
    probabilities[np.arange(n)[sure], labels[sure]] += 2
    lost = hardness >= 0.94
    probabilities[np.arange(n)[lost], labels[lost]] = 0
    if sketch.slug == "majority_class":
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
        "n_parameters": images[0].size * len(given.train) if sketch.slug == "k_nearest" else sketch.n_parameters
    }
    if sketch.slug == "svc":
        arrays["scores"] = 10 * probabilities
        facts["n_support_vectors"] = len(given.train) // 2
    elif sketch.slug != "majority_class":
        arrays["probabilities"] = probabilities
        arrays["reliability"] = _reliability(labels, probabilities)
        metrics.append(_metric("log_loss", 0.31, "lower", unit="nats"))
        metrics.append(_metric("calibration_error", 0.021, "lower"))
    if sketch.slug == "cnn":
        arrays["state"] = np.arange(100, dtype=np.uint8)
    if "learning_curve" in sketch.figures:
        arrays |= _curves(30)
        if sketch.slug != "softmax_regression":
            del arrays["held_out_loss"]  # the others do not look at it
        facts |= {"best_epoch": 18, "epochs": 30, "loss": "nats"}
    if given.task.params.get("patience") == 0:
        arrays["best_predictions"] = _guess(labels, quality, rng)
    if "weights" in sketch.figures:
        means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)]) / 255
        arrays |= {"weights": (means - means.mean(axis=0)).reshape(10, 784).T.astype(np.float32)}
        arrays |= {"bias": np.zeros(10, dtype=np.float32)}
    if sketch.slug in ("logistic_regression", "mlp"):
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
    match given.sketch.slug:
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
                seed=seed + variant.repeat,
                data=digest,
                sample=variant.sample,
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
    train, test = _indices(task.split, len(labels), n_train)
    if task.sample:
        train = train[-task.sample :]
    metrics, facts, arrays = RESULTS[sketch.task](Given(sketch, task, images, labels, train, test, rng))
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
            predict_wall_s=sketch.wall_s / 100 if sketch.task == "classification" else None,
            predict_cpu_s=sketch.wall_s / 100 * 0.98 if sketch.task == "classification" else None,
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
