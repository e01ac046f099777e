# SPDX-License-Identifier: BSD-3-Clause
"""Feed the package hostile input, case by case from a seed, and see what it answers.

Each case draws data of a hostile kind, scale and container, parameters and a call. It
must end with a right answer or a clear error: no other type of exception, no hang, no
entry that is not finite without a warning, no changed input, no changed global state.
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
from _fuzz_case import Case, Violation
from scipy.sparse import issparse
from sklearn.exceptions import NotFittedError

FUZZ_SEED = 20260101
ALLOWED = (ValueError, TypeError, MemoryError, NotFittedError)
# Packages that check input; others stumble over it.
MEANT = ("sklearn_overtensor", "sklearn")
# Seconds that a case may take: sizes are tiny.
LIMIT = 20


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
