# SPDX-License-Identifier: BSD-3-Clause
"""What is decomposed: every target is known by its contractions alone."""

from ._base import Target
from ._dispatch import as_target
from .accumulated import AccumulatedMoments
from .compressed import CompressedTarget
from .cp import CPTarget
from .cumulant import CumulantTarget
from .dense import DenseTarget
from .hermite import HermiteMomentTarget
from .measured import MeasuredTarget
from .mixed import MixedMomentTarget
from .moment import MomentTarget
from .sparse import SparseTarget

__all__ = [
    "AccumulatedMoments",
    "CPTarget",
    "CompressedTarget",
    "CumulantTarget",
    "DenseTarget",
    "HermiteMomentTarget",
    "MeasuredTarget",
    "MixedMomentTarget",
    "MomentTarget",
    "SparseTarget",
    "Target",
    "as_target",
]
