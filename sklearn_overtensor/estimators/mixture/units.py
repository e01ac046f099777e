# SPDX-License-Identifier: BSD-3-Clause
"""Coordinates that depend neither on the unit of the features nor on their origin."""

from dataclasses import dataclass

import numpy as np

# Deviations from the mean whose squares, and sums of them, are finite.
LARGEST = 1e150
# Of a distance that rounding leaves.
DIGITS = 9


@dataclass(frozen=True)
class Units:
    """The mean of rows, and one unit for all features.

    A unit for each would bend spherical components: with ``"diag"`` nine of them were
    found instead of five.

    Attributes
    ----------
    mean : ndarray of shape (d,)
    scale : float
        Root of the mean variance; one where all rows are alike.
    """

    mean: np.ndarray
    scale: float

    @classmethod
    def of(cls, X):
        """Units of rows ``X (n, d)``."""
        mean = X.mean(axis=0, dtype=float)
        rows = X - mean
        largest = float(np.abs(rows).max())
        if not largest < LARGEST:
            raise ValueError(
                f"X has entries of size {largest:.2g}, whose squares overflow: "
                "divide it by a number of that size."
            )
        # What rounding leaves of constants is none.
        if largest <= len(X) * np.finfo(X.dtype).eps * np.abs(mean).max():
            return cls(mean, 1.0)
        return cls(mean, largest * float(np.sqrt(np.mean((rows / largest) ** 2))))

    def inside(self, X):
        """Rows in these units, the nearest to the mean first.

        What is drawn from them, or holds half of them out, is then the same whatever
        the order of the rows and of the features, and the basis.
        """
        rows = (X - self.mean) / self.scale
        distances = np.linalg.norm(rows, axis=1).round(DIGITS)
        return rows[np.lexsort((*rows.T[::-1], distances))]

    def outside(self, arrays):
        """Arrays of a mixture, by name, in the units of the data."""
        return arrays | {
            "means_": arrays["means_"] * self.scale + self.mean,
            "covariances_": arrays["covariances_"] * self.scale**2,
            "precisions_": arrays["precisions_"] / self.scale**2,
            "precisions_cholesky_": arrays["precisions_cholesky_"] / self.scale,
        }
