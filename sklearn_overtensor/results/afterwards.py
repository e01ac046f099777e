# SPDX-License-Identifier: BSD-3-Clause
"""What is asked once a model is found; nothing that fails there may lose it."""

import warnings


class Afterwards:
    """Questions about a model that was found, one after another.

    Parameters
    ----------
    keeps_interrupted : bool
        Whether Ctrl-C ends the questions; else it is raised.

    Attributes
    ----------
    interrupted : bool
        Whether it did.
    """

    def __init__(self, keeps_interrupted):
        self.keeps_interrupted, self.interrupted = keeps_interrupted, False

    def ask(self, question, what, unknown=None):
        """The answer of ``question()``, or ``unknown`` where there is none."""
        if self.interrupted:
            return unknown
        try:
            return question()
        except KeyboardInterrupt:
            if not self.keeps_interrupted:
                raise
            self.interrupted = True
        except Exception as error:  # memory, LAPACK, the device, a worker that is gone
            warnings.warn(
                f"The model was found and is kept, but {what} could not be computed "
                f"({type(error).__name__}: {error}): NaN stands for that.",
                RuntimeWarning,
                stacklevel=5,
            )
        return unknown
