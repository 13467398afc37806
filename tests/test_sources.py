"""Where images come from, with small IDX files written here, and the real MNIST where there is one."""

import os
import struct
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from generator import sources
from generator.config import DataConfig
from generator.errors import UserError
from generator.report.mislabelled import DISPUTED


def idx(values: np.ndarray) -> bytes:
    """IDX bytes of a uint8 array."""
    header = struct.pack(f">{1 + values.ndim}I", 8 << 8 | values.ndim, *values.shape)
    return header + values.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A complete small MNIST folder: 20 training and 10 test images."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for prefix, n in (("train", 20), ("t10k", 10)):
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(idx(rng.integers(0, 256, (n, 28, 28))))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(idx(np.arange(n) % 10))
    return tmp_path


def mnist(folder: Path) -> DataConfig:
    return DataConfig(source="mnist", path=str(folder))


def raw_file(folder: Path, name: str) -> Path:
    return folder / "MNIST" / "raw" / name


def test_digits_have_mnists_frame():
    images = sources.load(DataConfig(source="digits"))
    assert images.name == "digits"
    assert images.images.shape == (1797, 28, 28)
    assert images.images.dtype == images.labels.dtype == np.uint8
    assert images.images.max() == 255
    assert not images.images[:, :4].any()
    assert not images.images[:, -4:].any()
    assert images.n_train == round(0.8 * 1797)
    assert images.class_names == tuple("0123456789")


def test_digits_name_the_file_they_are_read_from():
    (path,) = sources.files(DataConfig(source="digits"))
    assert path.is_file()


def test_a_folder_is_read_as_it_is(folder):
    images = sources.load(mnist(folder))
    assert (images.name, len(images.images), images.n_train) == ("mnist", 30, 20)
    assert images.labels.tolist() == [*range(10), *range(10), *range(10)]
    expected = raw_file(folder, "train-images-idx3-ubyte").read_bytes()[16:]
    assert images.images[:20].tobytes() == expected
    assert [path.name for path in sources.files(mnist(folder))] == list(sources.MNIST_FILES)


def assert_told(folder: Path, name: str, what: str) -> None:
    with pytest.raises(UserError) as caught:
        sources.load(mnist(folder))
    assert caught.value.where == str(raw_file(folder, name))
    assert what in caught.value.what
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_named_folder_without_files_is_an_error_and_stays_empty(tmp_path):
    assert_told(tmp_path, "train-images-idx3-ubyte", "no such file")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sources.MNIST_FILES)
def test_each_missing_file_is_named(folder, name):
    raw_file(folder, name).unlink()
    assert_told(folder, name, "no such file")


@pytest.mark.parametrize("name", sources.MNIST_FILES)
@pytest.mark.parametrize("kept", [0, 3, 7, -1])
def test_each_truncated_file_is_named(folder, name, kept):
    path = raw_file(folder, name)
    path.write_bytes(path.read_bytes()[:kept])
    assert_told(folder, name, "cut off" if 0 <= kept < 8 else "bytes and its header promises")


def test_a_longer_file_is_told(folder):
    path = raw_file(folder, "t10k-labels-idx1-ubyte")
    path.write_bytes(path.read_bytes() + b"\0")
    assert_told(folder, path.name, "19 bytes and its header promises 18")


def test_a_foreign_file_is_told(folder):
    raw_file(folder, "train-images-idx3-ubyte").write_bytes(b"PK\x03\x04 a zip archive")
    assert_told(folder, "train-images-idx3-ubyte", "another kind of file")


def test_swapped_files_are_told(folder):
    images, labels = (raw_file(folder, name) for name in sources.MNIST_FILES[:2])
    images.write_bytes(labels.read_bytes())
    assert_told(folder, images.name, "begins with the number 2049 where 2051 belongs")


def test_labels_must_be_as_many_as_images(folder):
    name = "train-labels-idx1-ubyte"
    raw_file(folder, name).write_bytes(idx(np.arange(19) % 10))
    assert_told(folder, name, "19 labels for 20 images")


def test_labels_must_be_digits(folder):
    name = "t10k-labels-idx1-ubyte"
    raw_file(folder, name).write_bytes(idx(np.arange(10) + 1))
    assert_told(folder, name, "label 10")


def test_images_must_have_28_by_28_pixels(folder):
    name = "train-images-idx3-ubyte"
    raw_file(folder, name).write_bytes(idx(np.zeros((20, 28, 27))))
    assert_told(folder, name, "28x27, not 28x28")


def test_no_images_are_told(folder):
    raw_file(folder, "train-images-idx3-ubyte").write_bytes(idx(np.zeros((0, 28, 28))))
    raw_file(folder, "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(0)))
    assert_told(folder, "train-images-idx3-ubyte", "no images")


def test_the_projects_own_folder_is_downloaded_into(folder, tmp_path_factory, monkeypatch):
    project = tmp_path_factory.mktemp("project")

    class Mnist:
        def __init__(self, root: str, download: bool) -> None:
            assert download
            Path(root, "MNIST").symlink_to(folder / "MNIST")
            self.raw_folder = str(Path(root, "MNIST", "raw"))

    monkeypatch.setattr(sources, "PROJECT", project)
    monkeypatch.setattr("torchvision.datasets.MNIST", Mnist)
    assert len(sources.load(DataConfig(source="mnist")).labels) == 30
    assert [path.name for path in (project / "data").iterdir()] == ["MNIST"]  # no rest of the download


@pytest.mark.parametrize("error", [URLError("no network"), RuntimeError("Error downloading\nTried one\nTried two")])
def test_without_a_network_the_way_out_is_told(tmp_path, monkeypatch, error):
    def fail(root: str, download: bool) -> None:
        raise error

    monkeypatch.setattr(sources, "PROJECT", tmp_path)
    monkeypatch.setattr("torchvision.datasets.MNIST", fail)
    with pytest.raises(UserError) as caught:
        sources.load(DataConfig(source="mnist"))
    assert "could not be downloaded" in caught.value.what
    assert "--data" in caught.value.remedy
    assert "PROFILE=quick" in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.skipif("HIKAKU_DATA" not in os.environ, reason="HIKAKU_DATA names no folder with the real MNIST")
def test_the_real_mnist():
    images = sources.load(mnist(Path(os.environ["HIKAKU_DATA"])))
    assert images.images.shape == (70_000, 28, 28)
    assert images.n_train == 60_000
    assert images.labels[:6].tolist() == [5, 0, 4, 1, 9, 2]
    assert np.bincount(images.labels).tolist() == [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]


@pytest.mark.skipif("HIKAKU_DATA" not in os.environ, reason="HIKAKU_DATA names no folder with the real MNIST")
def test_the_labels_known_to_be_wrong_are_those_of_the_real_mnist():
    images = sources.load(mnist(Path(os.environ["HIKAKU_DATA"])))
    for one in DISPUTED[images.name]:
        assert images.class_names[images.labels[images.n_train + one.test]] == one.label
