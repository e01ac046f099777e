# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's checks of every baseline."""

import pytest

from sklearn_overtensor.baselines import (
    FOOBICP,
    JennrichCP,
    LazyCP,
    SpectralCP,
    SubspacePowerCP,
    TensorLyCP,
    TensorLySymmetricCP,
    VanillaGradientCP,
)

from ..estimators.checks import check_all, parametrize_with_checks


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [
        FOOBICP(),
        JennrichCP(),
        LazyCP(6),
        SpectralCP(),
        SubspacePowerCP(n_init=1),
        TensorLyCP(2, init="random", n_init=2, max_iter=5),
        TensorLySymmetricCP(2, n_repeat=2, n_iteration=5),
        VanillaGradientCP(max_iter=15),
    ],
    of_input=JennrichCP(),  # all of them have their input from one base class
)
def test_scikit_learn_checks(estimator, checks):
    check_all(estimator, checks)
