# SPDX-License-Identifier: BSD-3-Clause
"""Independent sources from the cumulants of their mixtures."""

from .estimator import CumulantICA

__all__ = ["CumulantICA"]
