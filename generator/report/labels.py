"""Names of metrics, parameters and tasks as readers see them, and values as they read them."""

from generator.bounds import quantities
from generator.record import Catalogue, TaskInfo
from generator.report.findings.timing import Time
from generator.report.i18n import NO_BREAK, SOURCE, Words
from generator.vocabulary import Fact, Param

#: Beside a time that was measured on a busy machine.
BUSY_MARK = "†"

#: The fact that says which epoch's weights were kept, where the loss tells: elsewhere it is the accuracy.
BY_LOSS = ("cnn_embeddings", "best_epoch")
#: Names that begin with a small letter wherever they stand.
WRITTEN_SMALL = ("bfloat16", "t-SNE", "umap-learn")

#: Facts and parameters whose names do not say by themselves what readers call them.
FACTS = {
    "best_epoch": "epoch with the highest validation accuracy",
    "code_deviation_1": "standard deviation of the codes, axis 1",
    "code_deviation_2": "standard deviation of the codes, axis 2",
    "divergence_from_prior": "Kullback–Leibler divergence from the prior, in nats",
    "early_steps": "early exaggeration steps",
    "explained_variance": "share of the variance",
    "graph_parts": "connected components of the graph",
    "hooked_difference": "largest difference from what the hook returns",
    "kl_divergence": "Kullback–Leibler divergence",
    "least_eigenvalue": "smallest eigenvalue but the first",
    "n_draws": "number of draws",
    "n_held_out": "number of validation images",
    "n_learned": "number of training images",
    "n_maps": "number of runs",
    "n_noise": "number of noise images",
    "n_parameters": "numbers stored",
    "noise_predicted_as": "most frequent prediction for noise",
    "noise_predicted_share": "share of that prediction",
    "originals_accuracy": "accuracy on the original images",
    "outside_prior_95": "share of the means outside the region that holds 95 % of the prior",
    "reconstruction_error_high": "reconstruction error, upper end of the 95 % interval",
    "reconstruction_error_low": "reconstruction error, lower end of the 95 % interval",
    "steps": "steps after early exaggeration",
    "train_accuracy": "accuracy on the training set",
    "unexplained_variance": "share of the variance not kept",
}


def readable(name: str) -> str:
    """The msgid of a parameter's or a fact's name: ``n_points`` is "number of points"."""
    if name in FACTS:
        return FACTS[name]
    spaced = name.replace("_", " ")
    return f"number of {spaced[2:]}" if spaced.startswith("n ") else spaced


def fact_label(words: Words, experiment: str, name: str) -> str:
    """The words for a fact. The best epoch is told by the accuracy, or by the loss; and how many epochs were run need
    not be the parameter of that name.
    """
    if (experiment, name) == BY_LOSS:
        return words("epoch with the lowest validation loss")
    return words("epochs run") if name == "epochs" else words(readable(name))


def heading(words: Words, label: str) -> str:
    """A label where it heads a column or a row."""
    if words.code != SOURCE or label.startswith(WRITTEN_SMALL):
        return label
    return label[:1].upper() + label[1:]


def param_msgid(param: Param) -> str:
    """What readers see of a parameter's name."""
    return param.label or readable(param.name)


def param_label(words: Words, param: Param) -> str:
    """The same in a language, with the symbol that formulas and libraries use, if it has one."""
    label = words(param_msgid(param))
    if param.symbol in ("", label):
        return label
    return words("{label} ({symbol})", label=label, symbol=param.symbol)


def param_text(words: Words, param: Param, value: Fact) -> str:
    """A parameter's value, with its unit where it has one."""
    if isinstance(value, bool):
        return words("on") if value else words("off")
    if param.zero and value == 0:
        return words(param.zero)
    text = value_text(words, value)
    return text if param.unit == "1" else words.measure(text, param.unit)


def metric_labels(words: Words) -> dict[str, str]:
    """The labels of the metrics of ``generator.metrics``, by name."""
    return {
        "accuracy": words("accuracy"),
        "log_loss": words("log loss"),
        "calibration_error": words("expected calibration error"),
        "trustworthiness": words("trustworthiness"),
        "continuity": words("continuity"),
        "neighbour_recall_15": words("recall of the 15 nearest neighbours"),
        "neighbour_recall_30": words("recall of the 30 nearest neighbours"),
        "neighbour_recall_100": words("recall of the 100 nearest neighbours"),
        "neighbour_accuracy_10": words("10-NN accuracy"),
        "distance_correlation": words("rank correlation of distances"),
        "triplet_accuracy": words("triplet accuracy"),
        "silhouette": words("silhouette of the classes"),
        "reconstruction_error": words("reconstruction error"),
        "unrolled": words("rank correlation with geodesic distances"),
        "procrustes": words("Procrustes disparity between runs"),
        "neighbour_overlap_15": words("15 nearest neighbours shared between runs"),
        "noise_silhouette": words("silhouette of the noise"),
        "noise_purity": words("share of noise among the 10 nearest neighbours of noise"),
    }


def metric_label(words: Words, name: str) -> str:
    return metric_labels(words)[name]


def value_text(words: Words, value: Fact) -> str:
    """A value of a fact, or of a parameter without its unit."""
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    if isinstance(value, int):
        return words.number(value)
    return f"{value:.4g}" if isinstance(value, float) else words_or_name(words, value)


def words_or_name(words: Words, text: str) -> str:
    """A text value: a word of the catalogue where it has one, else the name it is."""
    labels = {
        "autoencoder": words("Autoencoder"),
        "constant": words("constant"),
        "distinct": words("distinct"),
        "isomap": words("Isomap"),
        "mean squared error": words("mean squared error"),
        "nats": words("cross-entropy, in nats"),
        "negative ELBO": words("negative ELBO"),
        "one_cycle": words("one cycle"),
        "pca": words("PCA"),
        "published": words("as in the article"),
        "random": words("random"),
        "spectral": words("spectral"),
        "trained": words("trained"),
        "tsne": words("t-SNE"),
        "umap": words("UMAP"),
    }
    return labels.get(text, words.messages.get(text, text))


def probability_text(words: Words, p: float) -> str:
    """A probability as tests state it: ``0.21``, ``0.034``, ``below 0.001``."""
    if p < 0.001:
        return words("below {value}", value=words.number(0.001, 3))
    return words.number(p, 3 if p < 0.1 else 2)


def time_text(words: Words, time: Time) -> str:
    """``13 min 4 s``, marked where the machine was busy."""
    return words.duration(time.wall_s) + (BUSY_MARK if time.busy else "")


def variant_title(words: Words, catalogue: Catalogue, task: TaskInfo) -> str:
    """The variant's own title; a member of a series is named by what sets it apart: "perplexity 5", "seed 3", or
    "700 training images" and whatever sets it apart from those of the same size. Where two settings were repeated, the
    setting is named, too: "Tuned, seed 3".
    """
    mine = catalogue.variant(task)
    if mine.title:
        return words(mine.title)
    members = [one for one in catalogue.tasks_of(task.experiment) if catalogue.variant(one).series == mine.series]
    as_large = [one for one in members if one.sample == task.sample]
    parts = [
        f"{words(param_msgid(param))}{NO_BREAK}{param_text(words, param, task.params[param.name])}"
        for param in catalogue.experiment(task.experiment).params
        if not param.recording and any(one.params[param.name] != task.params[param.name] for one in as_large)
    ]
    if task.sample and len(as_large) < len(members):
        parts.insert(0, _size(words, catalogue, task))
    if parts:
        return words(", ").join(parts)
    seed = words("seed {seed}", seed=task.seed)
    repeated = _repeated(catalogue, task)
    return words(", ").join([words(repeated), seed]) if repeated else seed


def _size(words: Words, catalogue: Catalogue, task: TaskInfo) -> str:
    """How many training images a task has; where there are not as many as it asks for, all there are."""
    known = quantities(catalogue.data, task.split, sample=0)["n_train"]
    if task.sample <= known:
        return words("{n} training images", n=words.number(task.sample))
    return words("all {n} training images, fewer than {more}", n=words.number(known), more=words.number(task.sample))


def _repeated(catalogue: Catalogue, task: TaskInfo) -> str:
    """The title of the setting that a task repeats under another seed, where another one is repeated as well."""
    tasks = [one for one in catalogue.tasks_of(task.experiment) if one.sample == task.sample]
    setting, repeat = catalogue.setting(task), catalogue.variant(task).repeat
    others = [one for one in tasks if catalogue.variant(one).repeat == repeat and catalogue.setting(one) != setting]
    if not repeat or not others:
        return ""
    same = (catalogue.variant(one).title for one in tasks if catalogue.setting(one) == setting)
    return next((title for title in same if title), "")


def task_label(words: Words, catalogue: Catalogue, task: TaskInfo, *, control: bool = True) -> str:
    """The experiment's title, with the variant's after it if there are several to be told apart; ``control``: with
    what a control is to the others.
    """
    declaration = catalogue.experiment(task.experiment)
    title = words(declaration.title)
    if not catalogue.variant(task).compared or sum(variant.compared for variant in declaration.variants) > 1:
        title = words("{method}: {variant}", method=title, variant=variant_title(words, catalogue, task))
    if not control or not declaration.control:
        return title
    # An embedding that cannot be drawn keeps more numbers than a map can show.
    drawn = declaration.section != "maps" or declaration.figures
    return words("{method} (baseline)", method=title) if drawn else words("{method} (reference)", method=title)
