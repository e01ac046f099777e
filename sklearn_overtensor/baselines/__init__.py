# SPDX-License-Identifier: BSD-3-Clause
"""Other ways to a decomposition with our attributes, so that one loop compares all."""

from ._foobi import FOOBICP
from ._jennrich import JennrichCP
from ._lazy import LazyCP
from ._spectral import SpectralCP
from ._subspace_power import SubspacePowerCP
from ._tensorly_cp import TensorLyCP
from ._tensorly_symmetric_cp import TensorLySymmetricCP
from ._vanilla import VanillaGradientCP

__all__ = [
    "FOOBICP",
    "JennrichCP",
    "LazyCP",
    "SpectralCP",
    "SubspacePowerCP",
    "TensorLyCP",
    "TensorLySymmetricCP",
    "VanillaGradientCP",
]
