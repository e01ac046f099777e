# SPDX-License-Identifier: BSD-3-Clause
"""The dense cumulant tensor as its sum over set partitions of the modes."""

from math import factorial


def set_partitions(items):
    """All partitions of a list of distinct items into non-empty blocks.

    Examples
    --------
    >>> from sklearn_overtensor.targets._partitions import set_partitions
    >>> list(set_partitions([0, 1]))
    [[[0, 1]], [[0], [1]]]
    """
    if len(items) == 1:
        yield [items]
        return
    first, *rest = items
    for partition in set_partitions(rest):
        for i, block in enumerate(partition):
            yield [*partition[:i], [first, *block], *partition[i + 1 :]]
        yield [[first], *partition]


def dense_cumulant(xp, central_moment, order):
    """The array ``sum_pi (-1)^{|pi|-1} (|pi|-1)! prod_{B in pi} M_B``.

    Parameters
    ----------
    xp : TensorLy backend
    central_moment : callable
        ``central_moment(k)`` is the dense central moment of order k. Partitions with
        a block of one mode drop out, since the first central moment is zero.
    order : int
        Order of the cumulant.
    """
    moments = {k: central_moment(k) for k in range(2, order + 1)}
    total = xp.copy(moments[order])
    for partition in set_partitions(list(range(order))):
        if len(partition) == 1 or any(len(block) == 1 for block in partition):
            continue
        product = moments[len(partition[0])]
        for block in partition[1:]:
            product = xp.tensordot(product, moments[len(block)], axes=0)
        modes = [mode for block in partition for mode in block]
        axes = [modes.index(mode) for mode in range(order)]
        sign = (-1) ** (len(partition) - 1) * factorial(len(partition) - 1)
        total = total + sign * xp.transpose(product, axes)
    return total
