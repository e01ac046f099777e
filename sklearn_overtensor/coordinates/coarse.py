# SPDX-License-Identifier: BSD-3-Clause
"""Entries without their last bits, so that a search does not see rounding."""

from math import sqrt

import numpy as np

from ..settings import SETTINGS


def coarsen(core):
    """Round the entries of a core of norm one; its norm moves by at most 1e-10.

    A search that starts at a symmetric point near zero amplifies the last bits of the
    target. Cores that differ by rounding, as they do between backends or when rows
    come in another order, are equal after this, and so are the paths of their
    searches. What a search finds is polished on the exact core.
    """
    quantum = SETTINGS.coarseness / sqrt(core.size)
    return np.round(core / quantum) * quantum
