# SPDX-License-Identifier: BSD-3-Clause
"""Counts what a fit computes, through functions that are public."""

import sys
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.sparse.linalg
from scipy.linalg import lapack

# Contractions of a target and their columns; sums over rows beside them; matrices that
# are factorised; iterations of L-BFGS and of conjugate gradients. A step of
# Levenberg-Marquardt is a factorisation, or a run of conjugate gradients.
COUNTS = ("contractions", "columns", "sums", "factorisations", "iterations")
PACKAGE = "sklearn_overtensor"
FACTORISATIONS = {
    np.linalg: "cholesky eig eigh eigvalsh inv lstsq pinv qr solve svd",
    scipy.linalg: "cho_factor cholesky eigh lstsq lu_factor pinvh qr solve svd",
    lapack: "dorgqr dposv dpotrf",
}


class Counter:
    """Counts within a ``with`` block: functions are replaced wherever the package is.

    They are found by identity, and methods by their name in each class. What a counted
    call calls is not counted again.
    """

    def __init__(self):
        self.counts, self._inside = dict.fromkeys(COUNTS, 0), False
        self._patches = ExitStack()

    def __enter__(self):
        changed = {
            id(getattr(module, name)): self._counted(getattr(module, name), _matrices)
            for module, names in FACTORISATIONS.items()
            for name in names.split()
        }
        changed[id(scipy.optimize.minimize)] = self._minimise
        changed[id(scipy.sparse.linalg.cg)] = self._conjugate_gradients
        contractions = dict.fromkeys(("contract", "sketched", "difference"), _columns)
        methods = {**contractions, "total": _one_sum}
        for owner in (*_package(), np.linalg):
            for name, value in list(vars(owner).items()):
                if id(value) in changed:
                    self._replace(owner, name, changed[id(value)])
                elif isinstance(owner, type) and name in methods:
                    self._replace(owner, name, self._counted(value, methods[name]))
        return self.counts

    def __exit__(self, *error):
        self._patches.close()

    def _replace(self, owner, name, value):
        self._patches.enter_context(patch.object(owner, name, value))

    def _counted(self, function, sizes):
        def counted(*arguments, **options):
            if self._inside:
                return function(*arguments, **options)
            for name, size in sizes(arguments).items():
                self.counts[name] += int(size)
            self._inside = True
            try:
                return function(*arguments, **options)
            finally:
                self._inside = False

        return counted

    def _minimise(self, *arguments, **options):
        found = scipy.optimize.minimize(*arguments, **options)
        self.counts["iterations"] += found.nit
        return found

    def _conjugate_gradients(self, *arguments, **options):
        def step(_):
            self.counts["iterations"] += 1

        return scipy.sparse.linalg.cg(*arguments, callback=step, **options)


def _package():
    """Modules of the package that are imported, and their classes."""
    found = [m for n, m in sys.modules.items() if n.startswith(PACKAGE)]
    inside = {
        value
        for module in found
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__.startswith(PACKAGE)
    }
    return [*found, *inside]


def _matrices(arguments):
    return {"factorisations": np.prod(np.shape(arguments[0])[:-2])}


def _columns(arguments):
    return {"contractions": 1, "columns": arguments[-1].shape[1]}


def _one_sum(arguments):
    return {"sums": 1}
