# SPDX-License-Identifier: BSD-3-Clause
"""Over-parametrised symmetric tensor decomposition for scikit-learn users."""

from ._version import __version__
from .decompose.function import overparam_symmetric_cp
from .decompose.path import symmetric_cp_path
from .estimators.ica import CumulantICA
from .estimators.mixture import MomentGaussianMixture
from .estimators.polynomial_regressor import OverparamPolynomialRegressor
from .estimators.symmetric_cp import OverparamSymmetricCP
from .estimators.symmetric_cp_cv import OverparamSymmetricCPCV
from .machine.versions import show_versions
from .results.result import SymmetricCPResult
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
