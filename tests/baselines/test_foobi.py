# SPDX-License-Identifier: BSD-3-Clause
"""FOOBICP: order 4 by linear algebra, with more components than features."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import symmetrize
from sklearn_overtensor.baselines import FOOBICP, SubspacePowerCP
from sklearn_overtensor.baselines._rank_one_matrices import (
    most_rank_one_matrices,
    rank_one_matrices,
)
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score

from ..cases import one_test


@one_test(("d", "rank"), [(1, 1), (8, 1), (8, 4), (6, 6), (7, 14)])
@one_test("seed", range(3))
def test_signed_terms_are_found_and_counted(context, d, rank, seed):
    data = make_symmetric_cp(d, rank, 4, signed=True, random_state=seed)
    model = FOOBICP(random_state=100 + seed).fit(context.asarray(data.tensor))
    assert model.n_components_ == rank  # nobody said it
    assert model.reconstruction_err_ < 1e-8
    score = factor_match_score(
        data.components, model.components_, data.weights, model.weights_, order=4
    )
    assert score > 1 - 1e-6


@one_test(("d", "most"), [(1, 1), (2, 2), (3, 4), (6, 15), (10, 41)])
def test_the_limit_is_the_number_of_minors(d, most):
    assert most_rank_one_matrices(d) == most
    assert most * (most - 1) <= d**2 * (d**2 - 1) / 6 < (most + 1) * most


@one_test("seed", range(5))
def test_the_limit_is_reached(seed):
    data = make_symmetric_cp(6, 15, 4, signed=True, random_state=seed)
    model = FOOBICP(random_state=100 + seed).fit(data.tensor)
    assert model.reconstruction_err_ < 1e-6


def test_matrices_of_rank_one_in_a_mixed_basis(rng):
    vectors = rng.standard_normal((5, 8))
    vectors /= np.linalg.norm(vectors, axis=0)
    matrices = np.einsum("ik,jk->kij", vectors, vectors)
    basis = np.linalg.qr(matrices.reshape(8, -1).T)[0].T.reshape(8, 5, 5)
    found = rank_one_matrices(basis, rng)
    assert np.allclose(np.max(np.abs(vectors.T @ found), axis=0), 1)
    assert np.allclose(np.max(np.abs(vectors.T @ found), axis=1), 1)


def test_the_terms_are_those_of_the_subspace_power_method():
    data = make_symmetric_cp(6, 10, 4, signed=True, random_state=0)
    model = FOOBICP(random_state=100).fit(data.tensor)
    other = SubspacePowerCP(random_state=100).fit(data.tensor)
    assert np.allclose(model.weights_, other.weights_)
    assert np.allclose(model.components_, other.components_)


def test_samples_with_more_sources_than_sensors():
    X = make_latent_samples(100, 4, distribution="laplace", random_state=0).X
    model = FOOBICP(4, statistic="cumulant", random_state=0).fit(X)
    assert model.n_components_ == 4
    assert model.score(X) == pytest.approx(1 - model.reconstruction_err_**2)


def test_what_has_a_higher_rank_is_decomposed_in_part(rng):
    tensor = symmetrize(rng.standard_normal((4,) * 4))
    with pytest.warns(ConvergenceWarning, match=r"has the rank 10, more than the 6"):
        model = FOOBICP(random_state=0).fit(tensor)
    assert model.n_components_ == 6
    assert 0.01 < model.reconstruction_err_ <= 1


def test_other_orders_and_too_many_terms_are_refused():
    cubic = make_symmetric_cp(4, 3, random_state=0).tensor
    with pytest.raises(ValueError, match=r"of order 4: got one of order 3\. Use"):
        FOOBICP().fit(cubic)
    with pytest.raises(ValueError, match=r"'order'.*\{4\}.*Got 3"):
        FOOBICP(order=3).fit(cubic)
    quartic = make_symmetric_cp(4, 3, 4, random_state=0).tensor
    message = r"at most 6 terms apart in 4 features: got n_components=7\. Use"
    with pytest.raises(ValueError, match=message):
        FOOBICP(7).fit(quartic)
