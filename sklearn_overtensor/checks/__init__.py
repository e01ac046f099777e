# SPDX-License-Identifier: BSD-3-Clause
"""Checks of what users hand in: each error says what, expected what, what to do."""

from .arrays import (
    as_real_array,
    check_values,
    refuse_dask,
    refuse_no_array,
    refuse_no_numbers,
    refuse_sparse_tensor,
)
from .samples import (
    check_chunks,
    check_sample_weights,
    check_samples,
    check_sparse_samples,
)
from .tensors import (
    SYMMETRY_TOLERANCE,
    check_components,
    check_init,
    check_norm,
    check_symmetric_tensor,
)

__all__ = [
    "SYMMETRY_TOLERANCE",
    "as_real_array",
    "check_chunks",
    "check_components",
    "check_init",
    "check_norm",
    "check_sample_weights",
    "check_samples",
    "check_sparse_samples",
    "check_symmetric_tensor",
    "check_values",
    "refuse_dask",
    "refuse_no_array",
    "refuse_no_numbers",
    "refuse_sparse_tensor",
]
