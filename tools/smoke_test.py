# SPDX-License-Identifier: BSD-3-Clause
"""An installed package does its main job: run this anywhere but in a checkout.

python -I tools/smoke_test.py
"""

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import sklearn_overtensor
from sklearn_overtensor import OverparamSymmetricCP, show_versions
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score


def main():
    """Import everything, fit, save and load."""
    folder = Path(sklearn_overtensor.__file__).parent
    if not folder.is_relative_to(sys.prefix):
        raise SystemExit(f"{folder} is not the installed package: use python -I.")
    if not (folder / "py.typed").exists():
        raise SystemExit("py.typed is not in the package.")
    names = [module.name for module in modules()]
    for name in names:
        importlib.import_module(name)
    data = make_symmetric_cp(n_features=10, rank=3, order=3, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.npz"
        model.save(file)
        model = OverparamSymmetricCP.load(file)
    score = factor_match_score(data.components, model.components_, order=3)
    if model.n_components_ != 3 or score < 0.999:
        raise SystemExit(f"{model.n_components_} components, score {score}.")
    show_versions()
    print(f"\n{len(names)} modules imported from {folder}; the fit is exact.")


def modules():
    """Every module of the package."""
    prefix = f"{sklearn_overtensor.__name__}."
    return pkgutil.walk_packages(sklearn_overtensor.__path__, prefix)


if __name__ == "__main__":
    main()
