# SPDX-License-Identifier: BSD-3-Clause
"""Synthetic tensors and samples whose decomposition is known.

Every generator returns a scikit-learn :class:`~sklearn.utils.Bunch` that holds the
data and the truth behind it, in the conventions of the estimator: ``components`` are
unit rows, ``weights`` carry the size of each term.
"""

from ._samples import make_latent_samples
from ._spurious import make_spurious_minimum
from ._tensors import make_symmetric_cp

__all__ = ["make_latent_samples", "make_spurious_minimum", "make_symmetric_cp"]
