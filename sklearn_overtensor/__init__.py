# SPDX-License-Identifier: BSD-3-Clause
"""Over-parametrised symmetric tensor decomposition for scikit-learn users."""

from ._estimator import OverparamSymmetricCP
from ._result import SymmetricCPResult
from ._solve import overparam_symmetric_cp
from ._version import __version__
from .symmetry import symmetrize

__all__ = [
    "OverparamSymmetricCP",
    "SymmetricCPResult",
    "__version__",
    "overparam_symmetric_cp",
    "symmetrize",
]
