# SPDX-License-Identifier: BSD-3-Clause
"""factor_match_score agrees with its definition, on every input it accepts."""

from itertools import permutations

import numpy as np
import pytest
import tensorly as tl
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_overtensor.metrics import factor_match_score

from ..cases import one_test

SEEDS = st.integers(0, 2**32 - 1)
ORDERS = st.integers(3, 6)


def random_terms(rng, k, n_features):
    return rng.standard_normal((k, n_features)), rng.uniform(0.5, 2, k) * rng.choice(
        [-1, 1], k
    )


def pair_score(true, pred, weight_true, weight_pred, order):
    """The documented score of one pair, from the rank-one tensors themselves."""

    def unit(vector):
        vector = vector / np.linalg.norm(vector)
        tensor = vector
        for _ in range(order - 1):
            tensor = np.multiply.outer(tensor, vector)
        return tensor

    score = np.sum(unit(true) * unit(pred))
    if weight_true is None:
        return score
    weight_true = weight_true * np.linalg.norm(true) ** order
    weight_pred = weight_pred * np.linalg.norm(pred) ** order
    gap = abs(abs(weight_true) - abs(weight_pred))
    penalty = 1 - gap / max(abs(weight_true), abs(weight_pred))
    return score * penalty * np.sign(weight_true * weight_pred)


def brute_force(true, pred, weights_true, weights_pred, order):
    """The best of all one-to-one matchings."""
    weights_true = [None] * len(true) if weights_true is None else weights_true
    weights_pred = [None] * len(pred) if weights_pred is None else weights_pred
    scores = np.array(
        [
            [
                pair_score(v, u, weights_true[i], weights_pred[j], order)
                for j, u in enumerate(pred)
            ]
            for i, v in enumerate(true)
        ]
    )
    if len(true) > len(pred):
        scores = scores.T
    few, many = scores.shape
    return (
        max(
            sum(scores[i, j] for i, j in enumerate(choice))
            for choice in permutations(range(many), few)
        )
        / many
    )


@given(
    seed=SEEDS,
    k_true=st.integers(1, 4),
    k_pred=st.integers(1, 4),
    order=st.integers(3, 5),
    weighted=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_score_is_the_best_of_all_matchings(seed, k_true, k_pred, order, weighted):
    rng = np.random.default_rng(seed)
    true, weights_true = random_terms(rng, k_true, 3)
    pred, weights_pred = random_terms(rng, k_pred, 3)
    if not weighted:
        weights_true = weights_pred = None
    score = factor_match_score(true, pred, weights_true, weights_pred, order=order)
    expected = brute_force(true, pred, weights_true, weights_pred, order)
    assert_allclose(score, expected, atol=1e-12)
    assert -1.0 <= score <= 1.0


@given(seed=SEEDS, k=st.integers(1, 6), order=ORDERS)
@settings(max_examples=40, deadline=None)
def test_score_of_the_same_terms_is_one(seed, k, order):
    rng = np.random.default_rng(seed)
    true, weights = random_terms(rng, k, 4)
    shuffle = rng.permutation(k)
    pred, weights_pred = true[shuffle], weights[shuffle]
    # The same terms, written otherwise: lengths, and signs as the parity allows.
    lengths = rng.uniform(0.1, 10, k) * rng.choice([-1, 1], k)
    same = factor_match_score(
        true,
        pred * lengths[:, None],
        weights,
        weights_pred / lengths**order,
        order=order,
    )
    assert_allclose(same, 1.0)
    positive = np.abs(lengths)[:, None]
    assert_allclose(factor_match_score(true, pred * positive, order=order), 1.0)


@given(seed=SEEDS, k=st.integers(1, 5), order=ORDERS, weighted=st.booleans())
@settings(max_examples=40, deadline=None)
def test_score_is_symmetric_and_blind_to_the_sequence(seed, k, order, weighted):
    rng = np.random.default_rng(seed)
    true, weights_true = random_terms(rng, k, 3)
    pred, weights_pred = random_terms(rng, 4, 3)
    first, second = rng.permutation(k), rng.permutation(4)

    def score(true, pred, weights_true, weights_pred):
        weights = (weights_true, weights_pred) if weighted else ()
        return factor_match_score(true, pred, *weights, order=order)

    expected = score(true, pred, weights_true, weights_pred)
    shuffled = score(
        true[first], pred[second], weights_true[first], weights_pred[second]
    )
    assert_allclose(shuffled, expected, atol=1e-12)
    swapped = score(pred, true, weights_pred, weights_true)
    assert_allclose(swapped, expected, atol=1e-12)
    rescaled = score(true, pred, 7.0 * weights_true, 7.0 * weights_pred)
    assert_allclose(rescaled, expected, atol=1e-12)


@given(seed=SEEDS, order=ORDERS)
@settings(max_examples=40, deadline=None)
def test_reversed_component_counts_at_odd_order_only(seed, order):
    true, _ = random_terms(np.random.default_rng(seed), 1, 4)
    expected = -1.0 if order % 2 else 1.0
    assert_allclose(factor_match_score(true, -true, order=order), expected)
    assert_allclose(factor_match_score(true, -true, [2], [2], order=order), expected)


@given(seed=SEEDS, order=ORDERS)
@settings(max_examples=40, deadline=None)
def test_sign_of_a_weight_counts_at_every_order(seed, order):
    true, _ = random_terms(np.random.default_rng(seed), 1, 4)
    assert_allclose(factor_match_score(true, true, [2], [-2], order=order), -1.0)
    # At odd order the two reversals undo each other; at even order one of them is none.
    expected = 1.0 if order % 2 else -1.0
    assert_allclose(factor_match_score(true, -true, [2], [-2], order=order), expected)


def test_one_reversed_component_among_many_is_seen():
    true = np.eye(4)
    pred = true * np.array([1, 1, 1, -1])[:, None]
    assert factor_match_score(true, pred, order=3) == 0.5
    assert factor_match_score(true, pred, order=4) == 1.0


@pytest.mark.parametrize("order", [3, 4])
def test_score_is_the_cosine_to_the_power_of_the_order(order):
    angle = 0.3
    pred = [[np.cos(angle), np.sin(angle)]]
    score = factor_match_score([[1.0, 0.0]], pred, order=order)
    assert_allclose(score, np.cos(angle) ** order)


def test_weights_count_by_their_ratio():
    assert_allclose(factor_match_score([[1.0]], [[1.0]], [4.0], [3.0]), 0.75)
    assert_allclose(factor_match_score([[1.0]], [[1.0]], [3.0], [4.0]), 0.75)
    assert_allclose(factor_match_score([[1.0]], [[1.0]], [3.0], [-4.0]), -0.75)


@pytest.mark.parametrize("order", [3, 4])
def test_missing_and_superfluous_terms_count_zero(order):
    true = np.eye(4)
    assert factor_match_score(true, true[:3], order=order) == 0.75
    assert factor_match_score(true[:3], true, order=order) == 0.75
    assert factor_match_score(true, np.empty((0, 4)), order=order) == 0.0
    weights = np.ones(4)
    assert factor_match_score(true, np.empty((0, 4)), weights, [], order=order) == 0.0


@pytest.mark.parametrize("order", [3, 4])
def test_zero_rows_and_zero_weights(order):
    true, zero = np.eye(2), np.zeros((2, 2))
    assert factor_match_score(true, zero, order=order) == 0.0
    assert factor_match_score(zero, zero, [1, 1], [1, 1], order=order) == 0.0
    assert factor_match_score(true, true, [1, 1], [0, 0], order=order) == 0.0
    assert factor_match_score(true, true, [1, 0], [1, 0], order=order) == 1.0


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_score_is_safe_at_every_scale(scale):
    true = scale * np.eye(2)
    assert factor_match_score(true, true) == 1.0
    assert factor_match_score(true, true, [2, 1], [2, 1]) == 1.0
    assert factor_match_score(true, true, [2 * scale, scale], [2 * scale, scale]) == 1.0


def test_score_takes_arrays_of_any_kind(convert):
    true, weights = np.eye(3), np.array([3.0, 2.0, 1.0])
    score = factor_match_score(
        convert(true), convert(true), convert(weights), convert(weights)
    )
    assert isinstance(score, float)
    assert score == 1.0


@pytest.mark.usefixtures("tensorly_on_torch")
def test_score_ignores_the_current_backend():
    assert factor_match_score(np.eye(2), np.eye(2), np.ones(2), np.ones(2)) == 1.0
    assert tl.get_backend() == "pytorch"


EYE = np.eye(2)


@one_test(
    ("arguments", "message"),
    [
        (([1.0, 2.0], EYE), r"components_true must have ndim=2, got shape \(2,\)"),
        ((EYE, [1.0, 2.0]), r"components_pred must have ndim=2, got shape \(2,\)"),
        ((EYE * np.nan, EYE), "components_true must be finite"),
        ((EYE, EYE * 1j), "components_pred must be an array of real numbers"),
        ((EYE, [["a", "b"]]), "components_pred must be an array of real numbers"),
        ((np.empty((0, 2)), EYE), "components_true must hold at least one component"),
        (
            (EYE, np.eye(3)),
            "components_pred must have as many features as components_true, 2; got 3",
        ),
        ((EYE, EYE, [1, 1]), "must be given together; got only weights_true"),
        ((EYE, EYE, None, [1, 1]), "must be given together; got only weights_pred"),
        ((EYE, EYE, [1, 1, 1], [1, 1]), "weights_true must hold one weight.*2.*got 3"),
        ((EYE, EYE, [1, 1], [1]), "weights_pred must hold one weight.*2.*got 1"),
        ((EYE, EYE, [[1, 1]], [1, 1]), "weights_true must have ndim=1"),
        ((EYE, EYE, [1, 1], [1, np.inf]), "weights_pred must be finite"),
    ],
)
def test_score_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        factor_match_score(*arguments)


@one_test("order", [2, 3.0, "3", None])
def test_score_refuses_orders(order):
    message = r"'order' parameter of factor_match_score must be an int.*\[3, inf\)"
    with pytest.raises(ValueError, match=message):
        factor_match_score(EYE, EYE, order=order)
