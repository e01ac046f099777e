# SPDX-License-Identifier: BSD-3-Clause
"""Where samples are: in memory, sparse, or in chunks on other machines.

A target needs sums over the rows of ``X (n, d)`` and nothing else of them. Each kind
of rows forms such sums where its data lives; what travels is ``d x m``.
"""

from ._base import Rows
from ._dispatch import as_rows
from .array import ArrayRows
from .chunked import ChunkedRows
from .sparse import SparseRows

__all__ = ["ArrayRows", "ChunkedRows", "Rows", "SparseRows", "as_rows"]
