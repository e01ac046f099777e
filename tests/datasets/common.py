# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of the generators share: the definition of a tensor's terms."""

import numpy as np

LETTERS = "abcdefgh"


def dense(weights, components):
    """The definition, by einsum; the order is the number of letters."""

    def build(order):
        axes = LETTERS[:order]
        spec = "z," + ",".join("z" + axis for axis in axes) + "->" + axes
        return np.einsum(spec, weights, *[components] * order)

    return build
