# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn without callbacks: all but them works, and a message says why."""

import subprocess
import sys

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.machine.sklearn_versions import HAS_CALLBACKS

PROGRAM = """
import sys
import sklearn_overtensor  # and with it what it needs of scikit-learn
for name in [name for name in sys.modules if name.startswith("sklearn_overtensor")]:
    del sys.modules[name]
sys.modules["sklearn.callback"] = None  # an import of it raises ModuleNotFoundError
from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_symmetric_cp
tensor = make_symmetric_cp(5, 2, random_state=0).tensor
for estimator in (OverparamSymmetricCP(random_state=0), OverparamSymmetricCPCV()):
    estimator.set_callbacks()
    try:
        estimator.set_callbacks(print)
    except ImportError as error:
        print(error)
print(OverparamSymmetricCP(random_state=0).fit(tensor).n_components_)
"""


def test_callbacks_of_an_old_scikit_learn_are_refused_and_all_else_works():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    *refusals, n_components = run.stdout.splitlines()
    assert len(refusals) == 2
    for refusal in refusals:
        assert refusal.startswith("Callbacks need scikit-learn 1.9 or newer, and")
    assert n_components == "2"


@pytest.mark.skipif(not HAS_CALLBACKS, reason="scikit-learn has none")
def test_scikit_learns_own_mixin_is_used_where_there_is_one():
    callback = pytest.importorskip("sklearn.callback")
    assert issubclass(OverparamSymmetricCP, callback.CallbackSupportMixin)
