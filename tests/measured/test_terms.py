# SPDX-License-Identifier: BSD-3-Clause
"""Terms of several orders: their sequence, and how few say the same."""

import numpy as np

from sklearn_overtensor.measured.terms import MixedTerms, eigenterms


def value(terms, x):
    return float(np.sum(terms.signs * (x @ terms.vectors) ** terms.orders))


def test_terms_of_any_sequence_come_by_their_orders():
    rng = np.random.default_rng(0)
    cubic = MixedTerms(rng.standard_normal((3, 2)), np.ones(2), np.array([3, 3]))
    quadratic = MixedTerms(
        rng.standard_normal((3, 2)), np.array([1.0, -1.0]), np.array([2, 2])
    )
    both, x = cubic.plus(quadratic), rng.standard_normal(3)
    assert both.orders.tolist() == [2, 2, 3, 3]
    assert both.signs.tolist() == [1, -1, 1, 1]
    assert np.isclose(value(both, x), value(cubic, x) + value(quadratic, x))


def test_the_canonical_terms_are_fewer_and_the_same_polynomial():
    rng = np.random.default_rng(0)
    line, square, cube = (rng.standard_normal((3, n)) for n in (2, 4, 1))
    terms = MixedTerms(
        np.column_stack([line, square, cube, 0.5 * cube]),
        np.array([1, 1, 1, -1, 1, -1, 1, 1.0]),
        np.array([1, 1, 2, 2, 2, 2, 3, 3]),
    )
    fewer = terms.canonical()
    assert fewer.orders.tolist() == [1, 2, 2, 2, 3]
    for x in rng.standard_normal((5, 3)):
        assert np.isclose(value(fewer, x), value(terms, x))
    squares = fewer.vectors[:, 1:4]
    angles = squares.T @ squares
    assert np.allclose(angles, np.diag(angles.diagonal()), atol=1e-10)


def test_squares_that_are_rounding_are_no_terms():
    frame = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0][:, :2]
    sizes, vectors = eigenterms((frame * [1, -1e-3]) @ frame.T)
    assert np.allclose(sizes, [-1e-3, 1])
    assert np.allclose(np.abs(vectors.T @ frame), [[0, 1], [1, 0]])


def test_lines_that_cancel_leave_no_term():
    line = np.array([[1.0, -1.0], [2.0, -2.0]])
    assert len(MixedTerms(line, np.ones(2), np.array([1, 1])).canonical()) == 0
