# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of decompositions after scikit-learn's pattern; they need matplotlib."""

from ._alpha_path import AlphaPathDisplay
from ._components import ComponentsDisplay
from ._convergence import ConvergenceDisplay
from ._factor_match import FactorMatchDisplay
from ._mixing import MixingDisplay
from ._mixture import MixtureDisplay

__all__ = [
    "AlphaPathDisplay",
    "ComponentsDisplay",
    "ConvergenceDisplay",
    "FactorMatchDisplay",
    "MixingDisplay",
    "MixtureDisplay",
]
