# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C from inside a fit, and what is kept of it."""

import numpy as np
import pytest
import tensorly as tl
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor.metrics import relative_error


class CtrlC:
    """A callback that interrupts an epoch, after so many others, of a restart."""

    def __init__(self, epoch, restart=None, at_end=False):
        pytest.importorskip("sklearn.callback", reason="scikit-learn has none")
        self.epoch, self.restart, self.at_end = epoch, restart, at_end

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        if not self.at_end:
            self._interrupt(context)

    def on_fit_task_end(self, estimator, context):
        if self.at_end:
            self._interrupt(context)

    def _interrupt(self, context):
        if (context.task_name, context.task_id) == ("epoch", self.epoch) and (
            self.restart in (None, context.parent.task_id)
        ):
            raise KeyboardInterrupt


def fit_interrupted(model, X, callback, method="fit"):
    """The model, interrupted by a callback that it then has no more."""
    model.set_callbacks(callback)
    with pytest.warns(ConvergenceWarning, match=r"was interrupted\. The best"):
        getattr(model, method)(X)
    return model.set_callbacks()


def check_consistent(model, tensor):
    """The attributes tell of one and the same model and course."""
    rebuilt = tl.cp_to_tensor(model.cp_tensor_)
    assert relative_error(tensor, rebuilt) == pytest.approx(
        model.reconstruction_err_, abs=1e-12
    )
    assert model.n_components_ == len(model.weights_) == len(model.components_)
    np.testing.assert_allclose(np.linalg.norm(model.components_, axis=1), 1)
    assert np.all(np.diff(np.abs(model.weights_)) <= 0)
    assert len(model.loss_curve_) == model.n_iter_ == model.epoch_ends_[-1]
    assert len(model.residual_curve_) == len(model.epoch_ends_) == model.n_epochs_
