"""Transfer: equal to scikit-learn on raw features, and nothing is learnt from the test part."""

import numpy as np
import pytest
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from engine.errors import TransferError
from engine.transfer.fitting import PreparedTraining, learnt_scores, train
from engine.transfer.heads import classifier_head
from engine.transfer.preparing import PreparationParams, learn_preparation
from engine.transfer.rows import chosen_on_training, compare_rows, measured_row, ranked_rows
from engine.transfer.table import CLASSIFIERS, TransferSetting

RAW = PreparationParams(normalise=False)
ALL_STEPS = PreparationParams(normalise=True, standardise=True, pca=0.9)


def images(count: int, seed: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, 12) of classes that overlap, each class as often as the others."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % classes
    centres = np.random.default_rng(7).normal(size=(classes, 12))
    return (1 + centres[truth] + rng.normal(size=(count, 12))).astype(np.float32), truth


TRAIN, TRUTH = images(90, 1)
TEST, TEST_TRUTH = images(60, 2)


def fitted(classifier: str, params: PreparationParams = RAW, strength: float | None = 1.0):
    setting = TransferSetting(classifier, params, strength)
    return train(PreparedTraining.of(TRAIN, TRUTH, params), setting)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "sigmoid", "poly"])
@pytest.mark.parametrize("strength", [0.1, 10.0])
def test_kernels_are_those_of_scikit_learn_on_raw_features(kernel: str, strength: float) -> None:
    coef0 = 1.0 if kernel == "poly" else 0.0
    gamma = 1 / float((TRAIN**2).sum(1).mean()) if kernel == "sigmoid" else "scale"
    peer = OneVsRestClassifier(SVC(C=strength, kernel=kernel, gamma=gamma, coef0=coef0))
    expected = peer.fit(TRAIN.astype(float), TRUTH).decision_function(TEST.astype(float))
    found = learnt_scores(fitted(kernel, RAW, strength), TEST)
    assert np.abs(found - expected).max() < 5e-3 * np.abs(expected).max()


def test_logistic_regression_and_neighbours_are_right_where_a_person_would_be() -> None:
    near, far = np.zeros((10, 4), np.float32), np.full((10, 4), 5, np.float32)
    rows, truth = np.concatenate([near, far]) + np.eye(20, 4, dtype=np.float32) / 9, np.repeat([0, 1], 10)
    for key in ("logistic", "knn"):
        learnt = train(PreparedTraining.of(rows, truth, RAW), TransferSetting(key, RAW, 3.0))
        assert learnt_scores(learnt, np.array([[0.1] * 4, [4.9] * 4], np.float32)).argmax(1).tolist() == [
            0,
            1,
        ]


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_classes_keep_their_order(classifier: str) -> None:
    """Class numbers are places in the labels, also where the first training image is of another class."""
    order = np.argsort(-TRUTH, kind="stable")
    turned = PreparedTraining.of(TRAIN[order], TRUTH[order], RAW)
    row = measured_row(train(turned, TransferSetting(classifier, RAW, 1.0)), TEST, TEST_TRUTH)
    assert row.accuracy > 0.7
    assert measured_row(fitted(classifier), TEST, TEST_TRUTH).answers.tolist() == row.answers.tolist()


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_nothing_is_learnt_from_the_test_part(classifier: str) -> None:
    """Scaler, components, C and scores stay as they are whatever the test part holds, and each image is
    answered alone: a scaler that saw the others would answer otherwise.
    """
    learnt = fitted(classifier, ALL_STEPS, None)
    prepared, alone = learnt.training.preparation, learn_preparation(TRAIN, ALL_STEPS)
    before = [part.copy() for part in (prepared.mean, prepared.scale, prepared.basis)]
    single = np.concatenate([learnt_scores(learnt, image[None]) for image in TEST])
    learnt_scores(learnt, 1e3 * TEST)
    together = learnt_scores(learnt, np.concatenate([TEST, 1e3 * TEST]))[: len(TEST)]
    assert np.allclose(single, together, rtol=1e-4, atol=1e-5)
    for part, old, again in zip(
        (prepared.mean, prepared.scale, prepared.basis),
        before,
        (alone.mean, alone.scale, alone.basis),
        strict=True,
    ):
        assert np.array_equal(part, old)
        assert np.allclose(np.abs(part), np.abs(again), atol=1e-5)


def test_a_scaler_that_saw_the_test_part_would_be_noticed() -> None:
    """The check above is able to fail: fitted on both parts, mean and components differ."""
    honest = learn_preparation(TRAIN, ALL_STEPS)
    leaky = learn_preparation(np.concatenate([TRAIN, 1 + 3 * TEST]), ALL_STEPS)
    assert not np.allclose(honest.mean, leaky.mean, atol=1e-3)


def test_preparation_as_on_paper() -> None:
    rows = np.array([[3.0, 4.0], [0.0, 5.0]], np.float32)
    prepared = learn_preparation(rows, PreparationParams(normalise=True, standardise=True))
    assert np.allclose(prepared.mean, [0.3, 0.9])
    assert np.allclose(prepared(rows), [[1, -1], [-1, 1]], atol=1e-4)


def test_components_keep_the_share_of_variance() -> None:
    for features in (TRAIN, np.random.default_rng(0).normal(size=(20, 50)).astype(np.float32)):
        prepared = learn_preparation(features, PreparationParams(normalise=False, pca=0.8))
        kept = prepared(features).var(axis=0).sum() / features.var(axis=0).sum()
        fewer = prepared(features)[:, :-1].var(axis=0).sum() / features.var(axis=0).sum()
        assert fewer < 0.8 <= kept + 1e-4


@pytest.mark.parametrize("classifier", [key for key, row in CLASSIFIERS.items() if row.exported])
@pytest.mark.parametrize("params", [RAW, ALL_STEPS, PreparationParams(standardise=True)])
def test_a_head_gives_the_scores_of_its_classifier(classifier: str, params: PreparationParams) -> None:
    learnt = fitted(classifier, params)
    expected = learnt_scores(learnt, TEST)
    head = classifier_head(learnt)
    assert np.abs(head.scores(TEST) - expected).max() < 1e-3 * np.abs(expected).max()
    assert head.kernel is None or len(head.kernel.vectors) <= len(TRAIN)


@pytest.mark.slow
def test_two_classes() -> None:
    features, truth = images(40, 3, classes=2)
    for key, row in CLASSIFIERS.items():
        learnt = train(PreparedTraining.of(features, truth, RAW), TransferSetting(key))
        assert learnt_scores(learnt, features).shape == (40, 2)
        if row.exported:
            assert np.allclose(
                classifier_head(learnt).scores(features), learnt_scores(learnt, features), atol=1e-3
            )


def test_strength_is_chosen_on_the_training_part() -> None:
    learnt = fitted("linear", RAW, None)
    assert set(learnt.validation) == set(CLASSIFIERS["linear"].tried)
    assert learnt.validation[learnt.setting.strength] == max(learnt.validation.values())


def test_pairs_of_rows() -> None:
    rows = [measured_row(fitted(key, RAW, None), TEST, TEST_TRUTH) for key in ("linear", "knn")]
    (pair,) = compare_rows([row.right for row in rows])
    assert pair.only_first == int((rows[0].right & ~rows[1].right).sum())
    low, high = rows[0].interval
    assert low < rows[0].accuracy < high
    first = ranked_rows(rows)[0]
    assert rows[first].accuracy == max(row.accuracy for row in rows)
    chosen = chosen_on_training(rows)
    assert chosen is not None
    assert rows[chosen].validation == max(row.validation for row in rows)


@pytest.mark.parametrize(
    ("features", "truth"),
    [
        (TRAIN, np.zeros(90, int)),
        (TRAIN, TRUTH * 2),
        (TRAIN * np.nan, TRUTH),
        (TRAIN[:, 0], TRUTH),
    ],
)
def test_what_cannot_be_learnt_from_is_said(features: np.ndarray, truth: np.ndarray) -> None:
    with pytest.raises(TransferError):
        PreparedTraining.of(features, truth, RAW)


def test_wrong_settings_are_said() -> None:
    with pytest.raises(TransferError, match="between 0 and 1"):
        PreparationParams(pca=95)
    with pytest.raises(TransferError, match="no classifier"):
        TransferSetting("forest")
    with pytest.raises(TransferError, match="above 0"):
        TransferSetting("linear", strength=-1)
    with pytest.raises(TransferError, match="one training image"):
        train(PreparedTraining.of(TRAIN[:3], TRUTH[:3], RAW), TransferSetting("linear", RAW))
    with pytest.raises(TransferError, match="do not become a model"):
        classifier_head(fitted("knn"))
