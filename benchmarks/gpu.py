# SPDX-License-Identifier: BSD-3-Clause
"""A GPU beside the CPU: contractions, and whole fits with the way of the data there.

A contraction's rate is given beside that of a large product of matrices on the same
chip, in the same dtype. Needs a CUDA device::

    python benchmarks/gpu.py --repeats 5
"""

import argparse
import time
from functools import partial
from pathlib import Path
from statistics import median

import _common
import numpy as np

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import CumulantTarget, DenseTarget, MomentTarget

PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly", "torch")
GEMM = 8192  # side of the matrices of the product
DTYPES = ("float64", "float32")


def rows(n, d, r):
    """Mixtures of exponential sources."""
    rng = np.random.default_rng(0)
    return rng.exponential(size=(n, r)) @ rng.standard_normal((r, d))


def tensor(d, r, order):
    """An exact tensor."""
    return make_symmetric_cp(d, r, order, random_state=0).tensor


# Data, target, columns. A multiplication and an addition for each column: of each
# entry, or twice of each number of the rows.
CONTRACTIONS = {
    "tensor (400, 400, 400)": (partial(tensor, 400, 4, 3), DenseTarget, 64),
    "tensor (80, 80, 80, 80)": (partial(tensor, 80, 4, 4), DenseTarget, 64),
    "1,000,000 x 64, moment 3": (
        partial(rows, 10**6, 64, 8),
        partial(MomentTarget, order=3, contraction="implicit"),
        64,
    ),
    "1,000,000 x 64, cumulant 4": (
        partial(rows, 10**6, 64, 8),
        partial(CumulantTarget, order=4, contraction="implicit"),
        64,
    ),
}
FITS = {
    "tensor (400, 20, 3)": (partial(tensor, 400, 20, 3), {}),
    "tensor (80, 10, 4)": (partial(tensor, 80, 10, 4), {}),
    "1,000,000 x 50, moment 3": (partial(rows, 10**6, 50, 10), {}),
    "1,000,000 x 50, cumulant 4": (
        partial(rows, 10**6, 50, 10),
        {"order": 4, "statistic": "cumulant"},
    ),
}


def clock(function, repeats, cuda):
    """Median seconds of some calls after one that warms up, and the last value."""
    import torch

    wait = torch.cuda.synchronize if cuda else lambda: None
    seconds = []
    for _ in range(repeats + 1):
        wait()
        start = time.perf_counter()
        value = function()
        wait()
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:] or seconds), value


def gemm_rate(dtype, repeats):
    """Operations a second of a product of two large matrices on the GPU."""
    import torch

    matrix = torch.randn(GEMM, GEMM, dtype=getattr(torch, dtype), device="cuda")
    seconds, _ = clock(lambda: matrix @ matrix, repeats, cuda=True)
    return 2 * GEMM**3 / seconds


def measure_contraction(name, data, dtype, repeats):
    """One line of the first table."""
    import torch

    _, target, columns = CONTRACTIONS[name]
    data = data.astype(dtype)
    V = np.random.default_rng(1).standard_normal((data.shape[-1], columns))
    V = (V / np.linalg.norm(V, axis=0)).astype(dtype)
    factor = 4 if data.ndim == 2 else 2
    there, V_there = torch.as_tensor(data, device="cuda"), torch.as_tensor(V).cuda()
    on_gpu, on_cpu = target(there), target(data)
    gpu, found = clock(lambda: on_gpu.contract(V_there), repeats, cuda=True)
    cpu, expected = clock(lambda: on_cpu.contract(V), 1, cuda=False)
    rate, best = factor * data.size * columns / gpu, gemm_rate(dtype, repeats)
    gap = np.abs(found.cpu().numpy() - expected).max() / np.abs(expected).max()
    return {
        "contraction": name,
        "dtype": dtype,
        "columns": columns,
        "GPU": _common.seconds(gpu),
        "CPU": _common.seconds(cpu),
        "CPU / GPU": f"{cpu / gpu:.0f}",
        "TFLOP/s": f"{rate / 1e12:.2f}",
        "share of a matrix product's": f"{rate / best:.0%}",
        "difference": f"{gap:.0e}",
    }


def measure_fit(name, data, dtype, repeats):
    """One line of the second table."""
    import torch

    settings = FITS[name][1]
    data = data.astype(dtype)
    model = OverparamSymmetricCP(random_state=0, **settings)
    sent = OverparamSymmetricCP(
        random_state=0, backend="pytorch", device="cuda", **settings
    )
    there = torch.as_tensor(data, device="cuda")
    transfer, _ = clock(lambda: torch.as_tensor(data).cuda(), repeats, cuda=True)
    gpu, found = clock(lambda: model.fit(there), repeats, cuda=True)
    found = found.n_components_, found.weights_.copy()
    whole, _ = clock(lambda: sent.fit(data), repeats, cuda=True)
    cpu, on_cpu = clock(lambda: model.fit(data), 0, cuda=False)
    same = found[0] == on_cpu.n_components_
    gap = np.abs(found[1] - on_cpu.weights_).max() if same else np.inf
    return {
        "fit": name,
        "dtype": dtype,
        "data on the GPU": _common.seconds(gpu),
        "data on the CPU": _common.seconds(whole),
        "of it the transfer": _common.seconds(transfer),
        "CPU alone": _common.seconds(cpu),
        "CPU / GPU": f"{cpu / gpu:.1f}",
        "terms": f"{found[0]} and {on_cpu.n_components_}",
        "difference": f"{gap / np.abs(on_cpu.weights_).max():.0e}",
    }


def table(measure, cases, repeats):
    """All cases in both dtypes; each line is shown as soon as it is there."""
    lines = []
    for name, (make, *_) in cases.items():
        data = make()
        for dtype in DTYPES:
            lines.append(measure(name, data, dtype, repeats))
            print(lines[-1], flush=True)
    return lines


def main(argv=None):
    """Measure both tables, write gpu.md."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    tables = (
        table(measure_contraction, CONTRACTIONS, arguments.repeats),
        table(measure_fit, FITS, arguments.repeats),
    )
    rates = [f"{gemm_rate(dtype, 3) / 1e12:.1f} in {dtype}" for dtype in DTYPES]
    text = "\n".join(map(_common.markdown, tables))
    text += (
        f"\nMedians of {arguments.repeats} calls; the CPU's fits are single ones. "
        f"{torch.cuda.get_device_name()}; its "
        f"product of two {GEMM} x {GEMM} matrices, in TFLOP/s: {', '.join(rates)}. "
        f"{_common.machine()}, {torch.get_num_threads()} threads; "
        f"{_common.versions(*PACKAGES)}.\n"
    )
    (arguments.output / "gpu.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
