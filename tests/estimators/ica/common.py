# SPDX-License-Identifier: BSD-3-Clause
"""How far found sources are from the true ones."""

import numpy as np


def amari_error(unmixing, mixing):
    """Distance of ``W A`` from a scaled permutation, in [0, 1]."""
    gains = np.abs(unmixing @ mixing)
    rows = (gains / gains.max(axis=1, keepdims=True)).sum()
    columns = (gains / gains.max(axis=0, keepdims=True)).sum()
    return (rows + columns - 2 * len(gains)) / (2 * len(gains) * (len(gains) - 1))


def matched(mixing, truth):
    """Columns of ``mixing`` in the sequence and with the signs of the true ones."""
    units = [columns / np.linalg.norm(columns, axis=0) for columns in (mixing, truth)]
    cosines = units[0].T @ units[1]
    own = np.abs(cosines).argmax(axis=0)
    assert len(set(own)) == len(own)
    return own, np.sign(cosines[own, range(len(own))])
