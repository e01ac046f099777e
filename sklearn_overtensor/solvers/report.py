# SPDX-License-Identifier: BSD-3-Clause
"""One line an epoch, for ``verbose``."""


def epoch_printer(verbose):
    """A ``report(epoch, loss, residual)`` that prints, or None for ``verbose=0``."""
    if not verbose:
        return None

    def report(epoch, loss, residual):
        print(
            f"epoch {epoch:3d}: objective {loss:.6e}, relative residual {residual:.2e}"
        )

    return report
