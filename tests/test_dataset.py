"""How images are cut into training and test parts."""

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from generator.dataset import SPLITS, Images, SplitName


@pytest.fixture
def images() -> Images:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200).astype(np.uint8)
    pixels = rng.integers(0, 256, (200, 28, 28)).astype(np.uint8)
    return Images(name="test", images=pixels, labels=labels, class_names=("a", "b", "c"), n_train=150)


@pytest.mark.parametrize(("name", "n_test"), [("official", 50), ("quarter", 50), ("fifth", 40)])
def test_every_image_is_in_one_part_and_keeps_its_label(images: Images, name: SplitName, n_test: int):
    dataset = images.split(name)
    assert len(dataset.test) == n_test
    assert sorted([*dataset.train.index, *dataset.test.index]) == list(range(200))
    for part in (dataset.train, dataset.test):
        assert np.array_equal(part.images, images.images[part.index])
        assert np.array_equal(part.labels, images.labels[part.index])


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_repeats(images: Images, name: SplitName):
    assert np.array_equal(images.split(name).test.index, images.split(name).test.index)


def test_official_keeps_the_sources_order(images: Images):
    assert images.split("official").train.index.tolist() == list(range(150))


def test_quarter_is_the_articles_own(images: Images):
    expected, _ = train_test_split(images.images, stratify=images.labels, random_state=0)
    assert np.array_equal(images.split("quarter").train.images, expected)


def test_quarter_keeps_the_classes_shares(images: Images):
    test = np.bincount(images.split("quarter").test.labels) / 50
    assert np.allclose(test, np.bincount(images.labels) / 200, atol=0.02)


def test_tuning_parts_the_training_images_of_the_quarter_and_sees_none_of_its_test_images(images: Images):
    tuning, quarter = images.split("tuning"), images.split("quarter")
    assert (len(tuning.train), len(tuning.test)) == (120, 30)
    assert sorted([*tuning.train.index, *tuning.test.index]) == sorted(quarter.train.index)
    for part in (tuning.train, tuning.test):
        assert np.array_equal(part.images, images.images[part.index])
        assert np.array_equal(part.labels, images.labels[part.index])


def test_tuning_keeps_the_classes_shares(images: Images):
    test = np.bincount(images.split("tuning").test.labels) / 30
    assert np.allclose(test, np.bincount(images.labels) / 200, atol=0.03)


def test_flat_is_rows_of_shares_of_white(images: Images):
    part = images.split("official").test
    rows = part.flat()
    assert (rows.shape, rows.dtype) == ((50, 784), np.float32)
    assert np.allclose(rows[0].reshape(28, 28) * 255, part.images[0])
