# SPDX-License-Identifier: BSD-3-Clause
"""What a strict type checker knows of the public face: `make types` reads it.

Nothing runs it: an unknown type here is an error of mypy, as it is for users.
"""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

from sklearn_overtensor import (
    CumulantICA,
    MomentGaussianMixture,
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    SymmetricCPResult,
    overparam_symmetric_cp,
    show_versions,
    symmetrize,
)
from sklearn_overtensor.baselines import JennrichCP, TensorLyCP
from sklearn_overtensor.displays import ComponentsDisplay, ConvergenceDisplay
from sklearn_overtensor.metrics import factor_match_score, relative_error
from sklearn_overtensor.targets import DenseTarget, MomentTarget

Floats = NDArray[np.floating[Any]]


def estimators(X: Floats, y: Floats) -> None:
    model = OverparamSymmetricCP(rank=2, alpha=0.1, random_state=0)
    assert_type(model.fit(X), OverparamSymmetricCP)
    assert_type(model.partial_fit(X), OverparamSymmetricCP)
    assert_type(model.components_, Floats)
    assert_type(model.n_components_, int)
    assert_type(model.score(X), float)
    model.save("model.npz")
    assert_type(OverparamSymmetricCP.load("model.npz"), OverparamSymmetricCP)
    assert_type(OverparamSymmetricCPCV(cv=3).fit(X), OverparamSymmetricCPCV)
    assert_type(CumulantICA(2).fit(X), CumulantICA)
    assert_type(MomentGaussianMixture().fit(X), MomentGaussianMixture)
    regressor = OverparamPolynomialRegressor(degree=2)
    assert_type(regressor.fit(X, y), OverparamPolynomialRegressor)
    assert_type(TensorLyCP(2).fit(X), TensorLyCP)
    assert_type(JennrichCP().fit(X), JennrichCP)
    assert_type(ComponentsDisplay.from_estimator(model), ComponentsDisplay)
    assert_type(ConvergenceDisplay.from_estimator(model), ConvergenceDisplay)


def functions(tensor: Floats) -> None:
    result = overparam_symmetric_cp(tensor, random_state=0)
    assert_type(result, SymmetricCPResult)
    assert_type(result.reconstruction_err, float)
    overparam_symmetric_cp(DenseTarget(symmetrize(tensor)))
    assert_type(MomentTarget(tensor).order, int)
    components = result.components
    assert_type(factor_match_score(components, components, order=3), float)
    assert_type(relative_error(tensor, tensor), float)
    show_versions()
