# SPDX-License-Identifier: BSD-3-Clause
"""A case of ``fuzz.py``: what it is drawn from, and what its answer must be.

A fit's residual is computed again, from the definition, in extended precision.
"""

import numpy as np
from _hostile import (
    BASELINES,
    SAMPLE_CALLS,
    TENSOR_CALLS,
    contain,
    draw_parameters,
    draw_samples,
    draw_scale,
    draw_tensor,
    spoil,
)
from scipy.sparse import issparse

import sklearn_overtensor as so
from sklearn_overtensor import baselines, datasets, metrics, targets

# Difference of the residual that is reported from that computed here, by dtype.
CLOSE = {"float64": 1e-7, "float32": 1e-3}


class Violation(Exception):
    """What must not happen."""


class Case:
    """Data, parameters and a call, drawn from a generator."""

    def __init__(self, rng):
        self.rng = rng
        if rng.random() < 0.03:
            self.name, self.data, self.parameters = ("datasets", "", ""), None, {}
            self.call = self.datasets
            return
        samples = rng.random() < 0.55
        array, kind = draw_samples(rng) if samples else draw_tensor(rng)
        with np.errstate(all="ignore"):
            array = spoil(array * draw_scale(rng), rng)
        self.data, container = contain(array, rng)
        call = str(rng.choice(SAMPLE_CALLS if samples else TENSOR_CALLS))
        self.parameters = draw_parameters(rng, call, array.shape[-1])
        self.seeded(rng)
        self.name = (call, ("samples: " if samples else "tensor: ") + kind, container)
        self.weight = None
        if samples and rng.random() < 0.2:
            self.weight = rng.random(len(array)) * 10.0 ** rng.uniform(-320, 300)
        self.call = getattr(self, call)

    def seeded(self, rng):
        seed = self.parameters["random_state"]
        if isinstance(seed, str) and seed == "state":
            self.parameters["random_state"] = np.random.RandomState(5)
        elif isinstance(seed, str) and seed == "generator":
            self.parameters["random_state"] = np.random.default_rng(5)

    def estimator(self):
        return so.OverparamSymmetricCP(**self.parameters)

    def fit(self):
        model = self.estimator().fit(self.data, sample_weight=self.weight)
        self.check_model(model)
        return model

    def function(self):
        result = so.overparam_symmetric_cp(
            self.data, sample_weight=self.weight, **self.parameters
        )
        self.check(result.weights, result.components, result, self.order(result.order))

    def path(self):
        _, results, objectives = so.symmetric_cp_path(
            self.data, sample_weight=self.weight, **self.parameters
        )
        finite(objectives=objectives)
        for result in results:
            self.check(result.weights, result.components, result, result.order)

    def cv(self):
        model = so.OverparamSymmetricCPCV(cv=2, **self.parameters)
        model.fit(self.data, sample_weight=self.weight)
        finite(scores=np.maximum(model.scores_path_, -1e300))
        self.check_model(model)

    def partial_fit(self):
        model = self.estimator()
        model.partial_fit(self.data, sample_weight=self.weight)
        self.check_model(model)
        model.partial_fit(self.data, sample_weight=self.weight)
        self.check_model(model)

    def use(self):
        """Everything that a fitted model does, with data that it was not fitted to."""
        if self.rng.random() < 0.05:
            self.estimator().transform(self.data)
        model = self.fit()
        name = str(self.rng.choice(["transform", "score", "inverse", "self", "other"]))
        if name == "other":
            data, _ = contain(
                draw_samples(self.rng)[0] * draw_scale(self.rng), self.rng
            )
            finite(code=dense(model.transform(data)))
        elif name == "inverse":
            codes = self.rng.standard_normal((3, model.n_components_))
            finite(samples=model.inverse_transform(codes * draw_scale(self.rng)))
        elif name == "score":
            score = model.score(self.data, sample_weight=self.weight)
            finite(score=max(-1e300, score))
        elif name == "transform":
            finite(code=dense(model.transform(self.data)))
        else:
            finite(error=metrics.relative_error(self.data, model.cp_tensor_))

    def target(self):
        """A target by hand, and what it answers."""
        target = targets.as_target(self.data, sample_weight=self.weight)
        V = np.eye(target.n_features)
        answer = np.asarray(dense(target.contract(V)))
        scale = np.abs(np.asarray(dense(target.to_dense()), dtype=np.longdouble)).max()
        if np.isfinite(scale) and not np.isfinite(answer).all():
            raise Violation("contract is not finite where the tensor is")
        dense(so.symmetrize(target.to_dense()))

    def baseline(self):
        name = str(self.rng.choice(BASELINES))
        model = getattr(baselines, name)(n_components=int(self.rng.choice([1, 2, 5])))
        if "max_iter" in model.get_params():
            model.set_params(max_iter=20)
        if "random_state" in model.get_params():
            model.set_params(random_state=self.parameters["random_state"])
        model.fit(self.data)
        finite(
            weights=model.weights_,
            components=model.components_,
            residual=model.reconstruction_err_,
        )

    def datasets(self):
        """Data sets with odd sizes, and metrics between them."""
        sizes = [1, 2, 3, 5, 0, -1, 2.5, None, "3"]
        size, rank, order = (sizes[i] for i in self.rng.integers([9, 9, 9]))
        order = 3 if self.rng.random() < 0.7 else order
        seed = int(self.rng.integers(99))
        data = datasets.make_symmetric_cp(size, rank, order=order, random_state=seed)
        finite(tensor=data.tensor)
        score = metrics.factor_match_score(
            data.components, -data.components * draw_scale(self.rng), order=order
        )
        finite(score=score)

    def order(self, order):
        return order

    def check_model(self, model):
        finite(mean=model.mean_, loss=model.loss_curve_)
        self.check(model.weights_, model.components_, model, model.order_)

    def check(self, weights, components, result, order):
        error = getattr(result, "reconstruction_err_", None)
        error = result.reconstruction_err if error is None else error
        status = getattr(result, "status_", None) or result.status
        finite(weights=weights, components=components, residual=error)
        lengths = np.linalg.norm(components.astype(float), axis=1)
        if not np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0)):
            raise Violation(f"components of lengths {lengths}")
        tensor = self.definition(order)
        if tensor is None:
            return
        model = np.zeros_like(tensor)
        for w, v in zip(weights.astype(np.longdouble), components, strict=True):
            term = w
            for _ in range(order):
                term = np.multiply.outer(term, v.astype(np.longdouble))
            model += term
        norm = np.sqrt((tensor**2).sum())
        if norm == 0:
            if error != 0 or weights.any():
                raise Violation(f"residual {error:.3g} of a target that is zero")
            return
        here = float(np.sqrt(((tensor - model) ** 2).sum()) / norm)
        close = CLOSE["float32" if "32" in self.name[2] else "float64"] * max(
            1.0, error
        )
        size = float(np.abs(weights.astype(np.longdouble)).sum() / norm)
        if not abs(here - error) <= close * max(1.0, size):
            raise Violation(f"residual {error:.3g} ({status}), but it is {here:.3g}")

    def definition(self, order):
        """The tensor from its definition in extended precision; None: not for these."""
        if self.name[2] not in ("float64", "float32", "list", "read-only", "strided"):
            return None
        data = np.asarray(self.data).astype(np.longdouble)
        if data.ndim > 2:
            return data
        if self.parameters.get("statistic", "moment") != "moment":
            return None
        weight = np.ones(len(data)) if self.weight is None else self.weight
        weight = weight.astype(np.longdouble) / weight.astype(np.longdouble).sum()
        total = 0
        for p, x in zip(weight, data, strict=True):
            term = p
            for _ in range(order):
                term = np.multiply.outer(term, x)
            total = total + term
        return total


def dense(array):
    """A NumPy array of whatever holds numbers."""
    if hasattr(array, "compute"):
        array = array.compute()
    if issparse(array):
        array = array.toarray()
    return array.detach().cpu().numpy() if hasattr(array, "detach") else array


def finite(**arrays):
    """All entries are numbers."""
    for name, array in arrays.items():
        if not np.isfinite(np.asarray(array, dtype=float)).all():
            raise Violation(f"{name} is not finite")
