# SPDX-License-Identifier: BSD-3-Clause
"""The rounds of a search, who is told of them, and who may end it."""


class Rounds:
    """Rounds, told to someone who watches.

    Parameters
    ----------
    watcher : object or None, default=None
        ``begin_epoch()``; and ``end_epoch(model)``, where ``model()`` makes a tuple of
        the fit so far, and which returns whether there shall be no more rounds.

    Attributes
    ----------
    stopped : bool
        Whether the watcher wanted no more. What is needless goes all the same.
    latest : MixedFit or None
        The fit of the last round that has ended.
    """

    def __init__(self, watcher=None):
        self._watcher, self.stopped, self.latest = watcher, False, None

    def begin(self):
        """Say that a round begins."""
        if self._watcher is not None and not self.stopped:
            self._watcher.begin_epoch()

    def end(self, fit):
        """Say that it has ended with a fit; return whether there shall be no more."""
        self.latest = fit
        if self._watcher is not None and not self.stopped:
            self.stopped = self._watcher.end_epoch(lambda: (fit,))
        return self.stopped
