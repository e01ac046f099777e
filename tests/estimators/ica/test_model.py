# SPDX-License-Identifier: BSD-3-Clause
"""Whether samples are a mixture of sources, with sensor noise or without."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import CumulantICA
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.estimators.ica.whitening import least_variances

from .common import amari_error


def test_sensor_noise_is_not_taken_for_sources():
    ours, theirs, straight, bent = [], [], [], []
    for seed in range(4):
        settings = {"distribution": ["laplace", "uniform"], "random_state": seed}
        clean = make_latent_samples(10_000, 4, **settings).X
        data = make_latent_samples(10_000, 4, noise=0.3, **settings)
        straight.append(CumulantICA(4, random_state=0).fit(clean).is_orthogonal_)
        model = CumulantICA(4, random_state=0).fit(data.X)
        bent.append(not model.is_orthogonal_)
        np.testing.assert_allclose(
            model.components_ @ model.mixing_, np.eye(4), atol=1e-8
        )
        ours.append(amari_error(model.components_, data.mixing))
        ica = FastICA(random_state=0, max_iter=1000).fit(data.X)
        theirs.append(amari_error(ica.components_, data.mixing))
    assert sum(straight) >= 3
    assert sum(bent) >= 3
    assert np.median(ours) < 0.6 * np.median(theirs)


def test_digits_are_no_sources_and_get_one_warning():
    """Not another on how the search for as many as sensors ended."""
    X = PCA(8).fit_transform(load_digits().data)
    with pytest.warns(ConvergenceWarning) as caught:
        model = CumulantICA(random_state=0).fit(X)
    assert len(caught) == 1
    assert "not those of independent sources" in str(caught[0].message)
    assert model.n_components_ == 8
    assert np.all(model.kurtosis_ >= -2)


@pytest.mark.parametrize("seed", range(3))
def test_clusters_are_no_sources_and_give_as_many_as_sensors(seed):
    X, _ = make_blobs(5000, n_features=3, centers=6, random_state=seed)
    with pytest.warns(ConvergenceWarning, match="not those of independent sources"):
        model = CumulantICA(random_state=0).fit(X)
    assert model.n_components_ == 3
    assert model.is_orthogonal_
    assert np.all(model.kurtosis_ >= -2)
    # As far from Gaussian as what FastICA finds from the best of five starts.
    contrast = [
        np.sum((np.mean(np.log(np.cosh(sources)), axis=0) - 0.3746) ** 2)
        for sources in [model.transform(X)]
        + [FastICA(random_state=start).fit_transform(X) for start in range(5)]
    ]
    assert contrast[0] >= 0.99 * max(contrast[1:])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_told_number_does_not_make_oblique_what_is_no_mixture():
    X, _ = make_blobs(5000, n_features=3, centers=6, random_state=0)
    model = CumulantICA(3, random_state=0).fit(X)
    sources = model.transform(X)
    np.testing.assert_allclose(np.cov(sources.T, bias=True), np.eye(3), atol=1e-8)


def test_no_rows_have_a_cumulant_beyond_their_least_variance(rng):
    rows = np.concatenate([np.zeros(99), [1.0]])  # one row carries all
    signs = np.repeat([-1.0, 1.0], 50)
    for samples, exact in ((rows, False), (signs, True), (rng.normal(size=50), False)):
        centred = samples - samples.mean()
        variance = np.mean(centred**2)
        fourth = np.mean(centred**4) - 3 * variance**2
        (least,) = least_variances(np.array([fourth]), 4, len(samples))
        assert least <= variance * (1 + 1e-12)
        if exact:
            assert least == pytest.approx(variance)
        third = np.mean(centred**3)
        (least,) = least_variances(np.array([third]), 3, len(samples))
        assert least <= variance
