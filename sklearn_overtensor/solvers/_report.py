# SPDX-License-Identifier: BSD-3-Clause
"""One line an epoch, for ``verbose``."""


def epoch_printer(verbose):
    """A ``report(epoch, evaluation)`` that prints, or None when ``verbose`` is 0."""
    if not verbose:
        return None

    def report(epoch, evaluation):
        print(
            f"epoch {epoch:3d}: objective {evaluation.loss:.6e}, "
            f"relative residual {evaluation.residual:.2e}"
        )

    return report
