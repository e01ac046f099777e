# SPDX-License-Identifier: BSD-3-Clause
"""TensorLy's ``parafac`` as it is, but for where it would warn or stop halfway."""

import numpy as np
import tensorly as tl
from tensorly.cp_tensor import CPTensor
from tensorly.decomposition import parafac
from tensorly.decomposition._cp import initialize_cp

from ..machine.backend import to_numpy

# Ridge of the second attempt, after normal equations that were singular.
RIDGE = 1e-10


def padded_svd(tensor, rank, seed):
    """TensorLy's start from singular vectors, without its warning if they are few."""
    n_features = tensor.shape[0]
    if rank <= n_features:
        return "svd"
    rng = np.random.RandomState(seed)
    shape = (n_features, rank - n_features)
    factors = [
        tl.concatenate(
            [factor, tl.tensor(rng.random_sample(shape), **tl.context(tensor))], axis=1
        )
        for factor in initialize_cp(tensor, n_features, init="svd").factors
    ]
    return CPTensor((None, factors))


def robust_parafac(tensor, rank, context, options):
    """``parafac``, again with a ridge if its normal equations turn out singular."""
    for ridge in (0, RIDGE):
        try:
            with np.errstate(all="ignore"):
                cp_tensor, errors = parafac(tensor, rank, l2_reg=ridge, **options)
        except _singular_errors(context):
            continue
        if all(np.isfinite(to_numpy(factor)).all() for factor in cp_tensor.factors):
            return cp_tensor, errors
    raise ValueError(
        f"parafac met singular normal equations with n_components={rank}, even with a "
        "ridge. Decrease n_components, or change init or random_state."
    )


def _singular_errors(context):
    """What the backend raises on an exactly singular system."""
    if context.backend == "pytorch":
        import torch

        return torch.linalg.LinAlgError
    return np.linalg.LinAlgError
