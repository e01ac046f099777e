# SPDX-License-Identifier: BSD-3-Clause
"""Over-parametrised symmetric tensor decomposition for scikit-learn users."""

from ._estimator import OverparamSymmetricCP
from ._estimator_cv import OverparamSymmetricCPCV
from ._function import overparam_symmetric_cp
from ._ica import CumulantICA
from ._mixture import MomentGaussianMixture
from ._path import symmetric_cp_path
from ._polynomial_regressor import OverparamPolynomialRegressor
from ._result import SymmetricCPResult
from ._show_versions import show_versions
from ._version import __version__
from .symmetry import symmetrize

__all__ = [
    "CumulantICA",
    "MomentGaussianMixture",
    "OverparamPolynomialRegressor",
    "OverparamSymmetricCP",
    "OverparamSymmetricCPCV",
    "SymmetricCPResult",
    "__version__",
    "overparam_symmetric_cp",
    "show_versions",
    "symmetric_cp_path",
    "symmetrize",
]
