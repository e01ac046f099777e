# SPDX-License-Identifier: BSD-3-Clause
"""Feed the package hostile input, case by case from a seed, and see what it answers.

Each case draws data of a hostile kind, scale and container, parameters and a call. It
must end with a right answer or a clear error: no other type of exception, no hang, no
entry that is not finite without a warning, no changed input, no changed global state.
A fit's residual is computed again, from the definition, in extended precision.
"""

import argparse
import pickle
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tensorly as tl
from _common import RESULTS, machine, markdown, one_thread, read_csv, versions
from _common import write_csv as write
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
from sklearn.exceptions import NotFittedError

import sklearn_overtensor as so
from sklearn_overtensor import baselines, datasets, metrics, targets

FUZZ_SEED = 20260101
ALLOWED = (ValueError, TypeError, MemoryError, NotFittedError)
# Packages that check input; others stumble over it.
MEANT = ("sklearn_overtensor", "sklearn")
# Seconds that a case may take: sizes are tiny.
LIMIT = 20
# Difference of the residual that is reported from that computed here, by dtype.
CLOSE = {"float64": 1e-7, "float32": 1e-3}


class Violation(Exception):
    """What must not happen."""


class Hang(BaseException):
    """A case that ran past its limit; no ``except Exception`` catches it."""


def run_case(seed):
    """Run one case; return how it ended and what it was."""
    rng = np.random.default_rng([FUZZ_SEED, seed])
    what = None
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught, time_limit():
        warnings.simplefilter("always")
        try:
            what = Case(rng)
            with state_kept(what):
                what.call()
            outcome = "right answer"
            if any(issubclass(w.category, UserWarning) for w in caught):
                outcome = "right answer with a warning"
        except Violation as violation:
            outcome = f"VIOLATION: {violation}"
        except Hang:
            outcome = f"VIOLATION: still running after {LIMIT} s"
        except ALLOWED as error:
            outcome = f"error: {summary(error)}"
            where = raised_in(error)
            if len(str(error)) < 20 or where not in MEANT:
                outcome = f"VIOLATION: not meant for users, from {where}: {error!r}"
        except Exception as error:
            outcome = f"VIOLATION: {type(error).__name__}: {error}"
        if isinstance(what, Case) and outcome == "right answer":
            odd = [w for w in caught if issubclass(w.category, RuntimeWarning)]
            if odd:
                outcome = "right answer with a NumPy warning"
    took = time.perf_counter() - start
    name, kind, container = what.name if what else ("draw", "", "")
    return {
        "seed": seed,
        "call": name,
        "data": kind,
        "container": container,
        "outcome": outcome.replace("\n", " ")[:300],
        "milliseconds": round(1e3 * took),
    }


def raised_in(error):
    """The package whose Python code raised an error: what is meant to check input."""
    module = traceback.extract_tb(error.__traceback__)[-1].filename
    parts = Path(module).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "sklearn_overtensor" if "sklearn_overtensor" in parts else module


def summary(error):
    """The message with its numbers left out, so that like ones count as one."""
    text = str(error).splitlines()[0]
    words = [word for word in text.split() if not any(c.isdigit() for c in word)]
    return f"{type(error).__name__}: {' '.join(words)[:70]}"


@contextmanager
def time_limit():
    """Interrupt what runs too long."""

    def stop(*_):
        raise Hang

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def state_kept(case):
    """Input and global state are as they were, whatever happened."""
    before = frozen(case.data), np.geterr(), tl.get_backend()
    seeded = case.parameters.get("random_state", 0) is not None
    numbers = generator_state() if seeded else None
    try:
        yield
    finally:
        if frozen(case.data) != before[0]:
            raise Violation("the input was changed")
        if (np.geterr(), tl.get_backend()) != before[1:]:
            raise Violation("global state was changed")
        if seeded and generator_state() != numbers:
            raise Violation("NumPy's global generator was used")


def generator_state():
    """Of the generator that NumPy's functions share."""
    return np.random.get_state()[1].tolist()  # noqa: NPY002


def frozen(data):
    """All that can be seen of data, as bytes."""
    if hasattr(data, "detach"):
        data = data.detach().to(dtype=getattr(data, "dtype", None))
        return repr(
            data.numpy(force=True).tolist()
            if data.dtype.is_floating_point and data.element_size() > 2
            else data.tolist()
        )
    if issparse(data):
        return pickle.dumps(data.tocoo())
    if hasattr(data, "__dask_graph__"):
        return None
    if hasattr(data, "iloc"):
        data = data.astype(object).to_numpy().tolist()
    return pickle.dumps(data)


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


def report(rows):
    """Outcomes by how often they were seen, and every violation with its seed."""
    counts = Counter(row["outcome"] for row in rows)
    worst = {}
    for row in rows:
        took = int(row["milliseconds"])
        worst[row["outcome"]] = max(took, worst.get(row["outcome"], 0))
    table = [
        {"outcome": outcome, "cases": count, "slowest (ms)": worst[outcome]}
        for outcome, count in counts.most_common()
        if not outcome.startswith("VIOLATION")
    ]
    bad = [row for row in rows if row["outcome"].startswith("VIOLATION")]
    return table, bad


def write_report(rows, path):
    table, bad = report(rows)
    kinds = Counter(row["outcome"].split(":")[0] for row in rows)
    calls = Counter(row["call"] for row in rows)
    median = sorted(int(row["milliseconds"]) for row in rows)[len(rows) // 2]
    slowest = max(int(row["milliseconds"]) for row in rows)
    lines = [
        f"{len(rows):,} cases, seeds {rows[0]['seed']} to {rows[-1]['seed']}:\n",
        markdown([{"outcome": k, "cases": f"{n:,}"} for k, n in kinds.most_common()]),
        "Calls: " + ", ".join(f"{k} {n:,}" for k, n in calls.most_common()) + ". "
        f"A case took {median} ms in the median, {slowest / 1000:.1f} s at most. The "
        f"errors had {sum(row['outcome'].startswith('error') for row in table)} "
        "messages, counted without the numbers in them.\n",
        f"{len(bad)} violations.\n" if bad else "No violation.\n",
        markdown(bad) if bad else "",
        f"{machine()}; {versions('numpy', 'scipy', 'scikit-learn', 'torch')}.\n",
    ]
    path.write_text("\n".join(lines))
    write(path.with_suffix(".csv"), table)
    return kinds, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="seed of the first case")
    parser.add_argument("--cases", type=int, default=12_000)
    parser.add_argument("--resume", action="store_true", help="go on where it stopped")
    parser.add_argument("--show", action="store_true", help="let errors be seen")
    parser.add_argument("--output", default="fuzz", help="name of the results")
    options = parser.parse_args()
    one_thread()
    if options.show:
        print(run_case(options.first))
        return 0
    log = RESULTS / f"{options.output}_cases.csv"
    rows = read_csv(log) if options.resume and log.exists() else []
    first = int(rows[-1]["seed"]) + 1 if rows else options.first
    for seed in range(first, options.first + options.cases):
        rows.append(run_case(seed))
        if seed % 500 == 499:
            write(log, rows)
            print(
                seed + 1, Counter(r["outcome"].split(":")[0] for r in rows), flush=True
            )
    kinds, bad = write_report(rows, RESULTS / f"{options.output}.md")
    log.unlink(missing_ok=True)
    print(dict(kinds))
    for row in bad:
        print(row)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
