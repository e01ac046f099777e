# SPDX-License-Identifier: BSD-3-Clause
"""Residuals against the dense difference: explicit, from Gram matrices, in blocks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_overtensor.algebra import contracted
from sklearn_overtensor.algebra.contracted import as_contracted
from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.machine import memory
from sklearn_overtensor.machine.backend import load_backend
from sklearn_overtensor.results.residual import (
    explicit_residual,
    gram_residual,
    has_dense_form,
    relative_residual,
)
from sklearn_overtensor.targets import (
    CPTarget,
    CumulantTarget,
    DenseTarget,
    MomentTarget,
)

from ..cases import one_test
from ..conftest import make_context

N_FEATURES = 3


@pytest.fixture(params=[3, 4, 5])
def order(request):
    return request.param


@pytest.fixture
def truth(rng):
    return rng.uniform(0.5, 2, 4), rng.standard_normal((N_FEATURES, 4))


def dense(weights, V, order):
    return cp_to_dense(load_backend("numpy"), weights, V, order)


def relative(exact, approx):
    return np.linalg.norm((exact - approx).ravel()) / np.linalg.norm(exact.ravel())


def make_targets(context, order, truth):
    """One target of each kind, with its dense form."""
    weights, V = truth
    X = context.asarray(np.random.default_rng(1).exponential(size=(20, N_FEATURES)))
    targets = [
        DenseTarget(context.asarray(dense(weights, V, order))),
        CPTarget(weights, context.asarray(V.T), order),
        MomentTarget(X, order),
        CumulantTarget(X, order),
    ]
    return [(target, np.asarray(target.to_dense())) for target in targets]


def test_explicit_equals_dense(context, order, truth, rng):
    weights, V = rng.standard_normal(3), rng.standard_normal((N_FEATURES, 3))
    for target, tensor in make_targets(context, order, truth):
        expected = relative(tensor, dense(weights, V, order))
        found = explicit_residual(target.to_dense(), context, weights, V)
        assert isinstance(found, float)
        assert found == pytest.approx(expected)
        assert relative_residual(target, weights, V) == pytest.approx(expected)


def test_gram_equals_explicit(context, order, truth, rng):
    weights, V = rng.standard_normal(3), rng.standard_normal((N_FEATURES, 3))
    for target, tensor in make_targets(context, order, truth):
        expected = relative(tensor, dense(weights, V, order))
        assert gram_residual(target, weights, V) == pytest.approx(expected)


@one_test("distance", [1e-6, 1e-9, 1e-12])
def test_explicit_sees_what_gram_matrices_cancel(context, order, truth, distance):
    weights, V = truth
    tensor = dense(weights, V, order)
    moved = weights * (1 + distance)
    found = explicit_residual(context.asarray(tensor), context, moved, V)
    assert found == pytest.approx(distance, rel=1e-2)
    assert gram_residual(CPTarget(weights, V.T, order), moved, V) < 1e-5


def test_exact_model(context, order, truth):
    weights, V = truth
    tensor = context.asarray(dense(weights, V, order))
    assert explicit_residual(tensor, context, weights, V) < 1e-15
    assert 0 <= gram_residual(DenseTarget(tensor), weights, V) < 1e-6


def test_row_blocks_change_nothing(context, order, truth, rng, monkeypatch):
    weights, V = rng.standard_normal(3), rng.standard_normal((N_FEATURES, 3))
    tensor = context.asarray(dense(*truth, order))
    whole = explicit_residual(tensor, context, weights, V)
    for n_bytes in (1, 200, 700):
        monkeypatch.setattr(memory, "BLOCK_BYTES", n_bytes)
        blocks = explicit_residual(tensor, context, weights, V)
        assert blocks == pytest.approx(whole, rel=1e-12)


def test_no_terms(context, order, truth):
    tensor = context.asarray(dense(*truth, order))
    implicit = CPTarget(truth[0], context.asarray(truth[1].T), order)
    empty = np.empty(0), np.empty((N_FEATURES, 0))
    assert explicit_residual(tensor, context, *empty) == pytest.approx(1)
    assert gram_residual(implicit, *empty) == pytest.approx(1)


@one_test("scale", [1e-150, 1e150])
def test_explicit_at_every_scale(context, truth, scale):
    weights, V = truth
    tensor = context.asarray(scale * dense(weights, V, 3))
    found = explicit_residual(tensor, context, 2 * scale * weights, V)
    assert found == pytest.approx(1)


def test_float32(backend, truth):
    context = make_context(backend, "float32")
    weights, V = truth
    tensor = context.asarray(dense(weights, V, 3))
    assert explicit_residual(tensor, context, weights, V) < 1e-6
    assert explicit_residual(tensor, context, 2 * weights, V) == pytest.approx(1)


def test_nothing_is_changed(context, truth):
    weights, V = (part.copy() for part in truth)
    tensor = dense(weights, V, 3)
    before = tensor.copy()
    explicit_residual(context.asarray(tensor), context, weights, V)
    assert_array_equal(tensor, before)
    assert_array_equal(weights, truth[0])
    assert_array_equal(V, truth[1])


# --- which of the two ----------------------------------------------------------------


class Bare:
    """A user's own target: the contract and nothing else."""

    order, n_features = 3, N_FEATURES

    def __init__(self, truth):
        self.target = CPTarget(truth[0], truth[1].T, 3)
        self.squared_norm = self.target.squared_norm

    def contract(self, V):
        return self.target.contract(V)


def test_own_target_is_measured_by_gram_matrices(truth, rng):
    target = as_contracted(Bare(truth))
    weights, V = rng.standard_normal(3), rng.standard_normal((N_FEATURES, 3))
    assert not has_dense_form(target)
    expected = relative(dense(*truth, 3), dense(weights, V, 3))
    assert_allclose(relative_residual(target, weights, V), expected)


def test_own_target_that_can_be_written_out_needs_no_context(truth):
    class WithDenseForm(Bare):
        def to_dense(self):
            return self.target.to_dense()

    weights, V = truth
    off = weights * (1 + 1e-11)  # Gram matrices cancel long before
    expected = relative(dense(weights, V, 3), dense(off, V, 3))
    found = relative_residual(as_contracted(WithDenseForm(truth)), off, V)
    assert_allclose(found, expected, rtol=1e-3)


def test_dense_form_is_used_only_if_it_fits(monkeypatch, truth):
    weights, V = truth
    held, implicit = DenseTarget(dense(weights, V, 3)), CPTarget(weights, V.T, 3)
    assert has_dense_form(held)
    assert has_dense_form(implicit)
    monkeypatch.setattr(contracted, "fits_in_memory", lambda n_bytes: False)
    assert has_dense_form(held)  # it is in memory already
    assert not has_dense_form(implicit)
    assert relative_residual(implicit, 2 * weights, V) == pytest.approx(1)
