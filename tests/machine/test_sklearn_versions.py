# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn without callbacks: all but them works, and a message says why."""

import importlib

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.sklearn_versions import HAS_CALLBACKS

from ..importing import imported_anew


def test_callbacks_of_an_old_scikit_learn_are_refused_and_all_else_works():
    with imported_anew("sklearn.callback"):
        package = importlib.import_module("sklearn_overtensor")
        message = r"^Callbacks need scikit-learn 1\.9 or newer, and"
        for name in ("OverparamSymmetricCP", "OverparamSymmetricCPCV"):
            estimator = getattr(package, name)().set_callbacks()
            with pytest.raises(ImportError, match=message):
                estimator.set_callbacks(print)
        tensor = make_symmetric_cp(5, 2, random_state=0).tensor
        model = package.OverparamSymmetricCP(random_state=0).fit(tensor)
    assert model.n_components_ == 2
    assert type(model) is not OverparamSymmetricCP  # it was imported anew


@pytest.mark.skipif(not HAS_CALLBACKS, reason="scikit-learn has none")
def test_scikit_learns_own_mixin_is_used_where_there_is_one():
    callback = pytest.importorskip("sklearn.callback")
    assert issubclass(OverparamSymmetricCP, callback.CallbackSupportMixin)
