# SPDX-License-Identifier: BSD-3-Clause
"""What is kept of rows says the same as the rows."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from sklearn_overtensor.measured import (
    RowMeasurements,
    Summary,
    SummaryMeasurements,
)
from sklearn_overtensor.measured.measurements import Correlation
from sklearn_overtensor.measured.terms import MixedTerms
from sklearn_overtensor.rows.weights import WeightSums

from ..cases import one_test


@pytest.fixture(params=[True, False], ids=["constant", "no constant"])
def both(request):
    """Measurements by rows and by their summary, in the same coordinates."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 3)) * [1, 2, 3] + 0.3
    y, w = 1 + X[:, 0] ** 3 - X[:, 1] * X[:, 2], rng.uniform(0, 2, 200)
    summary = Summary.empty(3, 3)
    for part in (slice(0, 99), slice(99, 100), slice(100, 200)):
        summary = summary.plus(csr_array(X[part]), y[part], w[part])
    kept = SummaryMeasurements(summary, request.param)
    rows = RowMeasurements(
        X, y, w / w.sum(), WeightSums.of(w).count, intercept=request.param
    )
    assert kept.change @ kept.change.T == pytest.approx(rows.change @ rows.change.T)
    kept.change = rows.change  # up to a rotation
    terms = [
        MixedTerms.of_order(rng.standard_normal(2), rng.standard_normal((3, 2)), order)
        for order in (1, 2, 3)
    ]
    return rows, kept, MixedTerms.plus(*terms)


def test_all_that_a_fit_asks_for_is_the_same(both):
    rows, kept, terms = both
    (r, slope), (s, same) = rows.slope(terms), kept.slope(terms)
    assert kept.squared_norm == pytest.approx(rows.squared_norm, rel=1e-12)
    assert kept.n_free == pytest.approx(rows.n_free)
    assert kept.mean_square(s) == pytest.approx(rows.mean_square(r), rel=1e-12)
    assert same == pytest.approx(slope, abs=1e-12)
    assert kept.constant(terms) == pytest.approx(rows.constant(terms), abs=1e-12)
    assert kept.normal_matrix(terms)[0] == pytest.approx(rows.normal_matrix(terms)[0])


@one_test("order", [1, 2, 3])
def test_a_remainder_correlates_the_same(both, order):
    rows, kept, terms = both
    r, s = rows.residual(terms), kept.residual(terms)
    V = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    expected, probes = Correlation(rows, r, order).contract(V), rows.probes(V, order)
    assert Correlation(kept, s, order).contract(V) == pytest.approx(expected)
    same = kept.probes(V, order)
    assert (kept.probability * s) @ same == pytest.approx(
        (rows.probability * r) @ probes
    )
    assert kept.probability @ same**2 == pytest.approx(rows.probability @ probes**2)


def test_what_cannot_be_held_is_an_error_before_it_is_allocated():
    with pytest.raises(MemoryError, match="Reduce the number of features"):
        Summary.empty(1000, 5)
