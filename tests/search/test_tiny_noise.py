# SPDX-License-Identifier: BSD-3-Clause
"""Noise between rounding and ``tol`` neither adds terms nor sends a search astray."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp


@pytest.mark.parametrize("noise", [1e-11, 1e-9, 1e-7])
@pytest.mark.parametrize(
    ("size", "rank", "order"), [(10, 4, 3), (12, 5, 4), (10, 14, 3), (8, 16, 4)]
)
def test_the_terms_are_those_without_it(size, rank, order, noise):
    truth = make_symmetric_cp(
        size, rank, order, signed=order == 4, noise=noise, random_state=0
    )
    model = OverparamSymmetricCP(random_state=0).fit(truth.tensor)
    assert (model.n_components_, model.status_) == (rank, "exact")
    assert model.reconstruction_err_ <= noise
    fits = np.diff(model.epoch_ends_, prepend=0) == 1
    assert np.sum(~fits) <= 6  # 243 when noise was whitened with the rest


def test_nor_do_entries_that_were_written_with_eight_digits():
    tensor = make_symmetric_cp(10, 4, random_state=0).tensor.round(8)
    model = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert (model.n_components_, model.n_epochs_) == (4, 1)


def test_directions_above_tol_stay():
    weights = np.array([1.0, 1e-3, 1e-5])  # the last one is more than tol
    tensor = np.zeros((3, 3, 3))
    tensor[range(3), range(3), range(3)] = weights
    tensor[0, 0, 0] += 1e-12
    model = OverparamSymmetricCP(noise=0, random_state=0).fit(tensor)
    np.testing.assert_allclose(model.weights_, weights, rtol=1e-6)


def test_more_terms_than_a_model_is_wide_at_first_are_found():
    # At order 3 in 30 features flattenings tell no more than 50, for a width of 105.
    truth = make_symmetric_cp(30, 112, random_state=0)
    model = OverparamSymmetricCP(noise=0, random_state=0).fit(truth.tensor)
    assert (model.n_components_, model.status_) == (112, "exact")
