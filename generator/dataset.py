"""What an experiment is given: images and labels, already split into training and test parts."""

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from sklearn.model_selection import train_test_split

from generator.vocabulary import SplitName

#: ``official``: the source's own training and test parts. ``quarter``: all images pooled, a stratified quarter
#: held out with ``random_state=0`` (article A5). ``fifth``: all pooled, a fifth held out at random (article A4).
#: ``tuning``: the training images of ``quarter``, a stratified fifth of them held out with ``random_state=0``. It is
#: there to choose settings by: whoever is chosen on it has not met the images that ``quarter`` tests on.
SPLITS: tuple[SplitName, ...] = get_args(SplitName)


@dataclass(frozen=True)
class Images:
    """One source's images in their own order; what ``sources`` loads and the record keeps."""

    name: str
    images: np.ndarray  # (n, 28, 28) uint8, grey levels 0-255
    labels: np.ndarray  # (n,) uint8, indices into class_names
    class_names: tuple[str, ...]
    n_train: int  # the first n_train images are the official training part

    def split(self, name: SplitName) -> "Dataset":
        """Cut into training and test parts by one of the named rules."""
        train, test = split_indices(name, self.labels, self.n_train)
        return Dataset(
            name=self.name,
            class_names=self.class_names,
            train=Part(self.images[train], self.labels[train], train),
            test=Part(self.images[test], self.labels[test], test),
        )


@dataclass(frozen=True)
class Part:
    """Some of the images of a source, with their labels and their places in the source."""

    images: np.ndarray  # (n, 28, 28) uint8, grey levels 0-255
    labels: np.ndarray  # (n,) uint8
    index: np.ndarray  # (n,) int64, position of each image in the source

    def __len__(self) -> int:
        return len(self.labels)

    def flat(self, scale: float = 255.0) -> np.ndarray:
        """The images as rows, divided by ``scale``: (n, 784) float32, in [0, 1] by default."""
        rows = self.images.reshape(len(self), -1).astype(np.float32)
        return rows / np.float32(scale)


@dataclass(frozen=True)
class Dataset:
    """A source's images, split. Embeddings map ``train``; classifiers learn ``train`` and predict ``test``."""

    name: str
    class_names: tuple[str, ...]
    train: Part
    test: Part

    @property
    def n_classes(self) -> int:
        return len(self.class_names)

    def sampled(self, n: int) -> "Dataset":
        """With ``n`` of the training images, the same random ones each time; all of them if they are no more than that
        or ``n`` is 0.
        """
        if not 0 < n < len(self.train):
            return self
        chosen = np.random.default_rng(0).permutation(len(self.train))[:n]
        train = Part(self.train.images[chosen], self.train.labels[chosen], self.train.index[chosen])
        return replace(self, train=train)


def split_indices(name: SplitName, labels: np.ndarray, n_train: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the training and the test images: two int64 vectors that share no element.

    ``quarter`` is scikit-learn's ``train_test_split(stratify=labels, random_state=0)``, as article A5 calls it, so
    that the 52,500 and 17,500 images are the article's own. ``tuning`` parts the 52,500 into 42,000 and 10,500; the
    17,500 are in neither.
    """
    every = np.arange(len(labels))
    match name:
        case "official":
            return every[:n_train], every[n_train:]
        case "quarter":
            train, test = train_test_split(every, test_size=0.25, random_state=0, stratify=labels)
        case "fifth":
            train, test = train_test_split(every, test_size=0.2, random_state=0)
        case "tuning":
            known, _ = split_indices("quarter", labels, n_train)
            train, test = train_test_split(known, test_size=0.2, random_state=0, stratify=labels[known])
    return train, test
