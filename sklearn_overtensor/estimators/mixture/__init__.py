# SPDX-License-Identifier: BSD-3-Clause
"""Gaussian mixtures: their number and a start from moments, the rest by EM."""

from .estimator import MomentGaussianMixture

__all__ = ["MomentGaussianMixture"]
