# SPDX-License-Identifier: BSD-3-Clause
"""Tensors with missing entries: how often they are filled in, and in what time.

Ours is told nothing, with and without noise; TensorLy's ``parafac`` with a mask is told
the rank and has the best of five random starts. A tensor is filled in if its missing
entries are right to 1 %. With noise the number of terms has to be right.

::

    python benchmarks/missing_entries.py --seeds 20
"""

import argparse
import time
import warnings

import _common
import numpy as np

# Features, rank, order, share of the distinct entries that is known.
TENSORS = [(15, 5, 3, 0.4), (10, 4, 4, 0.3)]
PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")
NOISE, N_STARTS, N_ITER = 0.1, 5, 500


def hidden(tensor, share, seed):
    """The tensor with that share of its distinct entries, NaN for the others."""
    rng = np.random.default_rng(1000 + seed)
    first = np.sort(np.indices(tensor.shape), axis=0)
    known = rng.uniform(size=tensor.shape)[tuple(first)] < share
    return np.where(known, tensor, np.nan)


def ours(data):
    """Terms of the tensor, their number and the status."""
    from sklearn_overtensor import OverparamSymmetricCP

    model = OverparamSymmetricCP(missing_values=np.nan, random_state=0).fit(data)
    return model.cp_tensor_, model.n_components_


def parafac(data, rank):
    """The best of several starts of alternating least squares."""
    from tensorly.cp_tensor import cp_to_tensor
    from tensorly.decomposition import parafac

    known = ~np.isnan(data)
    best, lowest = None, np.inf
    for seed in range(N_STARTS):
        found = parafac(
            np.nan_to_num(data), rank, mask=known, init="random", random_state=seed,
            n_iter_max=N_ITER, tol=1e-9,
        )  # fmt: skip
        left = np.linalg.norm((cp_to_tensor(found) - data)[known])
        if left < lowest:
            best, lowest = found, left
    return best, rank


def row(d, rank, order, share, noise, method, n_seeds):
    """One line of the table."""
    from tensorly.cp_tensor import cp_to_tensor

    from sklearn_overtensor.datasets import make_symmetric_cp

    right, errors, times = 0, [], []
    for seed in range(n_seeds):
        truth = make_symmetric_cp(d, rank, order=order, noise=noise, random_state=seed)
        clean = cp_to_tensor((truth.weights, [truth.components.T] * order))
        data = hidden(truth.tensor, share, seed)
        start = time.process_time()
        found, count = ours(data) if method == "ours" else parafac(data, rank)
        times.append(time.process_time() - start)
        missing = np.isnan(data)
        error = np.linalg.norm((cp_to_tensor(found) - clean)[missing])
        errors.append(error / np.linalg.norm(clean[missing]))
        right += count == rank if noise else errors[-1] < 0.01
    return {
        "(d, r, l)": (d, rank, order),
        "known": f"{share:.0%}",
        "noise": f"{noise:.0%}",
        "method": method,
        "number right" if noise else "filled in": f"{right} of {n_seeds}",
        "median error": f"{np.median(errors):.2g}",
        "worst error": f"{max(errors):.2g}",
        "median time of one core": _common.seconds(np.median(times)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--output", default="missing_entries.md")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    text = ""
    for noise in (0.0, NOISE):
        methods = ("ours",) if noise else ("ours", "parafac")
        table = [
            row(*tensor, noise, method, arguments.seeds)
            for tensor in TENSORS
            for method in methods
        ]
        text += f"{_common.markdown(table)}\n"
        print(text, flush=True)
    text += f"{_common.machine()}; {_common.versions(*PACKAGES)}; "
    text += f"{arguments.seeds} seeds.\n"
    (_common.RESULTS / arguments.output).write_text(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
