# SPDX-License-Identifier: BSD-3-Clause
"""A target in small coordinates, those in which its noise is even, and the way back."""

from .metric import noise_metric
from .problem import CompressedProblem

__all__ = ["CompressedProblem", "noise_metric"]
