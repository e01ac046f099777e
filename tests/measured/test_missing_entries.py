# SPDX-License-Identifier: BSD-3-Clause
"""Tensors of which some entries are known."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.algebra.monomials import monomial_table
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets.known import KnownEntries

from ..cases import one_test


def known_share(shape, share, seed=0):
    """A symmetric mask of so many distinct entries."""
    d, order = shape[0], len(shape)
    indices = monomial_table(d, order)[1]
    drawn = np.random.default_rng(seed).permutation(len(indices))
    kept = indices[drawn[: int(share * len(indices))]]
    mask = np.zeros(shape, dtype=bool)
    for modes in permutations(range(order)):
        mask[tuple(kept[:, modes].T)] = True
    return mask


def problem(d=6, rank=2, order=3, share=0.5, noise=0.0, seed=0):
    truth = make_symmetric_cp(d, rank, order=order, noise=noise, random_state=seed)
    return truth, known_share(truth.tensor.shape, share, seed)


@pytest.mark.parametrize(
    ("d", "rank", "order", "share"), [(15, 5, 3, 0.4), (10, 4, 4, 0.3)]
)
def test_a_part_of_an_exact_tensor_is_enough(d, rank, order, share):
    truth, mask = problem(d, rank, order, share, seed=0)
    model = OverparamSymmetricCP(missing_values=np.nan, random_state=0)
    model.fit(np.where(mask, truth.tensor, np.nan))
    assert (model.status_, model.n_components_) == ("exact", rank)
    assert model.score(truth.tensor) == pytest.approx(1, abs=1e-12)


def test_all_marks_of_what_is_missing_say_the_same():
    truth, mask = problem()
    hidden = np.where(mask, truth.tensor, np.nan)
    nan = OverparamSymmetricCP(missing_values=np.nan, random_state=0).fit(hidden)
    marked = OverparamSymmetricCP(missing_values=-99, random_state=0)
    marked.fit(np.nan_to_num(hidden, nan=-99))
    masked = overparam_symmetric_cp(truth.tensor, mask=mask, random_state=0)
    assert np.array_equal(nan.components_, marked.components_)
    assert np.array_equal(nan.components_, masked.components)


def test_an_entry_is_known_in_any_order_of_its_indices():
    truth, mask = problem()
    i, j, k = np.indices(mask.shape)
    once = mask & (i <= j) & (j <= k)
    part = overparam_symmetric_cp(truth.tensor, mask=once, random_state=0)
    whole = overparam_symmetric_cp(truth.tensor, mask=mask, random_state=0)
    assert np.allclose(part.weights, whole.weights, rtol=1e-10)


def test_what_is_not_known_is_not_looked_at():
    truth, mask = problem()
    rng = np.random.default_rng(0)
    for hidden in (np.nan, np.inf, rng.standard_normal(mask.shape)):
        known = KnownEntries(np.where(mask, truth.tensor, hidden), mask)
        assert np.allclose(known.residual(truth.weights, truth.components.T), 0)


def test_each_orbit_counts_as_often_as_it_stands_in_the_array():
    truth, mask = problem(4, 2, order=4)
    known = KnownEntries(truth.tensor, mask)
    assert known.multiplicity.sum() == mask.sum()
    norm = known.multiplicity @ known.values**2
    assert norm == pytest.approx(np.sum(truth.tensor[mask] ** 2))


def test_noise_is_estimated_from_what_is_known():
    rights, sizes, near = [], [], []
    for seed in range(6):
        truth, mask = problem(10, 3, share=0.6, noise=0.1, seed=seed)
        result = overparam_symmetric_cp(truth.tensor, mask=mask, random_state=0)
        rights.append(result.n_components == 3 and result.status == "within_noise")
        sizes.append(result.noise)
        if rights[-1]:
            errors = np.abs(result.weights - np.sort(truth.weights)[::-1])
            near.append(errors / result.weights_std)
    assert sum(rights) >= 5
    assert np.mean(sizes) == pytest.approx(0.1, rel=0.2)
    assert np.sqrt(np.mean(np.square(near))) < 2


def test_nothing_missing_is_the_whole_tensor():
    truth, mask = problem()
    whole = OverparamSymmetricCP(random_state=0).fit(truth.tensor)
    model = OverparamSymmetricCP(missing_values=np.nan, random_state=0)
    assert np.array_equal(model.fit(truth.tensor).weights_, whole.weights_)
    everything = np.ones_like(mask)
    result = overparam_symmetric_cp(truth.tensor, mask=everything, random_state=0)
    assert np.array_equal(result.weights, whole.weights_)


def test_the_score_of_known_entries_is_their_share():
    truth, mask = problem(noise=0.3)
    hidden = np.where(mask, truth.tensor, np.nan)
    model = OverparamSymmetricCP(missing_values=np.nan, random_state=0).fit(hidden)
    assert model.score(hidden) == pytest.approx(1 - model.reconstruction_err_**2)


def test_it_is_cloned_and_saved(tmp_path):
    truth, mask = problem()
    model = OverparamSymmetricCP(missing_values=np.nan, random_state=0)
    model = clone(model).fit(np.where(mask, truth.tensor, np.nan))
    model.save(tmp_path / "model.npz")
    same = OverparamSymmetricCP.load(tmp_path / "model.npz")
    assert np.isnan(same.missing_values)
    assert np.array_equal(same.weights_, model.weights_)


def test_too_few_entries_are_an_error():
    truth, mask = problem()
    unseen = mask.copy()
    unseen[3], unseen[:, 3], unseen[:, :, 3] = False, False, False
    with pytest.raises(ValueError, match="No entry with the index 3 is known"):
        overparam_symmetric_cp(truth.tensor, mask=unseen)
    diagonal = np.zeros_like(mask)
    diagonal[range(6), range(6), range(6)] = True
    with pytest.raises(ValueError, match="Only 6 distinct entries"):
        overparam_symmetric_cp(truth.tensor, mask=diagonal)


def bad_masks():
    truth, mask = problem()
    tensor = truth.tensor
    asymmetric = np.random.default_rng(0).standard_normal(tensor.shape)
    yield "shape of the tensor", tensor, mask[:3]
    yield "of booleans", tensor, mask.astype(float)
    yield "three or more modes", tensor[0], mask[0]
    yield "not symmetric", asymmetric, mask
    yield "NaN or infinity", np.full(tensor.shape, np.nan), mask
    yield "real numbers", tensor.astype(complex), mask


@one_test(("message", "tensor", "mask"), list(bad_masks()))
def test_a_bad_mask_is_named(message, tensor, mask):
    with pytest.raises(ValueError, match=message):
        overparam_symmetric_cp(tensor, mask=mask)


def test_samples_cannot_have_missing_values():
    X = np.array([[1.0, np.nan], [2.0, 3.0]])
    with pytest.raises(ValueError, match="NaN"):
        OverparamSymmetricCP(missing_values=np.nan).fit(X)


def test_missing_values_have_to_be_announced():
    truth, mask = problem()
    with pytest.raises(ValueError, match="NaN"):
        OverparamSymmetricCP().fit(np.where(mask, truth.tensor, np.nan))


def test_a_warm_start_leads_to_the_same_answer():
    truth, mask = problem()
    hidden = np.where(mask, truth.tensor, np.nan)
    model = OverparamSymmetricCP(missing_values=np.nan, warm_start=True, random_state=0)
    weights = model.fit(hidden).weights_
    assert np.allclose(model.fit(hidden).weights_, weights, rtol=1e-8)
