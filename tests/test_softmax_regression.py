"""The learning that is written out in NumPy, piece by piece."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, train_test_split

from generator.dataset import Dataset, Images
from generator.experiments import cross_validation, softmax_regression
from generator.experiments.softmax_regression import Params
from generator.softmax import Model, accuracy, cross_entropy, cross_entropy_gradient, folds, softmax, split


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """400 images of four classes that differ in which quarter is a little brighter, under noise."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 400).astype(np.uint8)
    images = rng.integers(0, 60, (400, 28, 28))
    for image, label in zip(images, labels, strict=True):
        image[7 * label : 7 * label + 7] += 15
    return Images("test", images.astype(np.uint8), labels, tuple("abcd"), 300).split("quarter")


def test_softmax_by_hand():
    assert np.allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[1 / 8, 2 / 8, 5 / 8]])


def test_softmax_of_great_scores_does_not_overflow():
    with np.errstate(all="raise"):
        assert softmax(np.array([[1e4, 1e4 - 1e3], [-1e4, -1e4]], np.float64) / 10).sum(axis=1) == pytest.approx(1)
    assert np.allclose(softmax(np.array([[1e30, 0.0]], np.float32)), [[1, 0]])


def test_cross_entropy_by_hand_and_against_scikit_learn():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    labels = np.array([0, 0])
    assert cross_entropy(probabilities, labels) == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert cross_entropy(probabilities, labels) == pytest.approx(log_loss(labels, probabilities, labels=[0, 1]))


def test_an_impossible_truth_costs_a_finite_sum():
    assert np.isfinite(cross_entropy(np.array([[0.0, 1.0]], np.float32), np.array([0])))


def test_gradient_against_finite_differences():
    rng = np.random.default_rng(0)
    pixels, labels = rng.random((8, 5)), rng.integers(0, 3, 8)
    model = Model(rng.normal(size=(5, 3)), rng.normal(size=3))
    gradient, bias_gradient = cross_entropy_gradient(model, pixels, labels)
    tiny = 1e-6
    for array, derived in ((model.weights, gradient), (model.bias, bias_gradient)):
        for place in np.ndindex(array.shape):
            kept = array[place]
            losses = []
            for shifted in (kept + tiny, kept - tiny):
                array[place] = shifted
                losses.append(cross_entropy(model.probabilities(pixels), labels))
            array[place] = kept
            assert derived[place] == pytest.approx((losses[0] - losses[1]) / (2 * tiny), abs=1e-6)


def test_steps_lead_to_scikit_learns_optimum():
    rng = np.random.default_rng(0)
    pixels = rng.normal(size=(200, 4)).astype(np.float32)
    labels = (pixels @ rng.normal(size=(4, 3)) + rng.gumbel(size=(200, 3))).argmax(axis=1)
    model = Model.zero(4, 3)
    for _ in range(2_000):
        model = model.stepped(pixels, labels, 0.5)
    reference = LogisticRegression(C=1e6, max_iter=1_000).fit(pixels, labels)
    assert np.allclose(model.probabilities(pixels), reference.predict_proba(pixels), atol=1e-3)


def test_the_split_is_scikit_learns():
    order = np.random.RandomState(3).permutation(403)
    learned, held_out = split(order, 1 / 5)
    expected = train_test_split(np.arange(403), test_size=1 / 5, random_state=3)
    assert np.array_equal(learned, expected[0])
    assert np.array_equal(held_out, expected[1])


def test_the_folds_are_scikit_learns():
    order = np.random.default_rng(0).permutation(43)
    expected = [(order[learned], order[held_out]) for learned, held_out in KFold(5).split(order)]
    for ours, theirs in zip(folds(order, 5), expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_the_best_epoch_is_kept_and_patience_ends_it(dataset):
    outcome = softmax_regression.run(dataset, Params(max_epochs=300, patience=5), 0, {})
    curves, facts = outcome.arrays, outcome.facts
    assert all(curves[name].shape == (facts["epochs"],) for name in ("train_loss", "train_accuracy"))
    assert facts["best_epoch"] == curves["held_out_accuracy"].argmax() + 1  # the first of equals
    assert facts["epochs"] == facts["best_epoch"] + 5
    assert curves["train_loss"][-1] < curves["train_loss"][0]
    assert curves["train_accuracy"][-1] > 0.9


def test_without_early_stopping_all_epochs_are_learned_and_the_last_weights_kept(dataset):
    outcome = softmax_regression.run(dataset, Params(max_epochs=60, patience=0, stop_on_test=True), 0, {})
    loss = outcome.arrays["held_out_loss"]
    assert loss.shape == (60,)
    assert outcome.facts["best_epoch"] < 60
    assert cross_entropy(outcome.probabilities, dataset.test.labels) == pytest.approx(loss[-1])


def test_without_early_stopping_the_best_epochs_predictions_are_kept_beside_the_lasts(dataset):
    outcome = softmax_regression.run(dataset, Params(max_epochs=60, patience=0, stop_on_test=True), 0, {})
    best, held_out = outcome.arrays["best_predictions"], outcome.arrays["held_out_accuracy"]
    assert (best.shape, best.dtype) == (outcome.predictions.shape, np.uint8)
    assert (best == dataset.test.labels).mean() == pytest.approx(held_out.max())
    assert (outcome.predictions == dataset.test.labels).mean() == pytest.approx(held_out[-1])
    # They are what stopping in time would have predicted.
    stopped = softmax_regression.run(
        dataset, Params(max_epochs=outcome.facts["best_epoch"], patience=60, stop_on_test=True), 0, {}
    )
    assert np.array_equal(stopped.predictions, best)
    assert "best_predictions" not in stopped.arrays


def test_epochs_are_limited(dataset):
    assert softmax_regression.run(dataset, Params(max_epochs=3), 0, {}).facts["epochs"] == 3


def test_the_sound_way_never_sees_the_test_labels(dataset):
    wrong = np.zeros_like(dataset.test.labels)
    blind = Dataset(
        name=dataset.name,
        class_names=dataset.class_names,
        train=dataset.train,
        test=type(dataset.test)(dataset.test.images, wrong, dataset.test.index),
    )
    params = Params(max_epochs=20)
    seen, unseen = (softmax_regression.run(one, params, 0, {}) for one in (dataset, blind))
    assert np.array_equal(seen.arrays["weights"], unseen.arrays["weights"])


def test_the_published_way_stops_on_the_test_images(dataset):
    outcome = softmax_regression.run(dataset, Params(max_epochs=20, stop_on_test=True), 0, {})
    best = outcome.arrays["held_out_accuracy"].max()
    assert best == pytest.approx(accuracy(outcome.probabilities, dataset.test.labels))


class TestCrossValidation:
    def test_every_image_is_held_out_once_and_the_metric_is_the_mean_at_the_last_epoch(self, dataset):
        study = cross_validation.run(dataset, cross_validation.Params(epochs=4), 0, {})
        curve = study.arrays["validation_accuracy"]
        assert all(array.shape == (5, 4) for array in study.arrays.values())
        assert study.facts["n_images"] == 400
        (metric,) = study.metrics
        assert metric.value == pytest.approx(curve[:, -1].mean())
        assert metric.low < metric.value < metric.high
        assert study.facts["standard_deviation"] == pytest.approx(curve[:, -1].std(ddof=1))
        # Folds of 80 images: every accuracy is a multiple of 1 / 80.
        assert np.allclose(curve * 80, np.round(curve * 80), atol=1e-4)

    def test_the_first_fold_by_hand(self, dataset):
        params = cross_validation.Params(n_images=60, n_folds=3, epochs=2, batch_size=40, learning_rate=0.1)
        study = cross_validation.run(dataset, params, 5, {})
        pixels = np.concatenate([dataset.train.flat(), dataset.test.flat()])
        labels = np.concatenate([dataset.train.labels, dataset.test.labels])
        rng = np.random.default_rng(5)
        chosen = rng.permutation(400)[:60]
        held_out, learned = chosen[:20], chosen[20:]
        model = Model.zero(784, 4)
        for epoch in range(2):
            order = rng.permutation(40)  # one batch
            model = model.stepped(pixels[learned][order], labels[learned][order], 0.1)
            found = accuracy(model.probabilities(pixels[held_out]), labels[held_out])
            assert study.arrays["validation_accuracy"][0, epoch] == pytest.approx(found)

    def test_few_images_are_learned_by_heart(self, dataset):
        few, many = (
            cross_validation.run(dataset, cross_validation.Params(n_images=n, epochs=40), 0, {}) for n in (50, 0)
        )
        assert few.facts["train_accuracy"] == 1.0
        assert few.metrics[0].value < many.metrics[0].value
