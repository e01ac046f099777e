# SPDX-License-Identifier: BSD-3-Clause
"""Other people's decompositions with our attributes, so that one loop compares all."""

from ._tensorly_cp import TensorLyCP
from ._tensorly_symmetric_cp import TensorLySymmetricCP

__all__ = ["TensorLyCP", "TensorLySymmetricCP"]
