# SPDX-License-Identifier: BSD-3-Clause
"""A hypergraph of 10,000 nodes and 1,000,000 hyperedges: time, memory, communities.

Planted communities of equal size: a share of the hyperedges within one, the others
anywhere, which is one more term. The tensor is decomposed as it is, told nothing, and
told the number in the subspace of the leading eigenvectors of the clique expansion.
scikit-learn clusters the same graph.
"""

import argparse
import resource
import time
from pathlib import Path

import _common
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.targets import CompressedTarget, SparseTarget

COLUMNS = (1, 8, 32)
PACKAGES = ("numpy", "scipy", "scikit-learn")


def planted(n_nodes, n_edges, n_communities, share, seed=0):
    """Hyperedges ``(n, 3)`` of distinct nodes, and the community of each node."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(n_communities, size=n_nodes)
    owner = rng.integers(n_communities, size=n_edges)
    owner[rng.uniform(size=n_edges) >= share] = -1
    edges = rng.integers(n_nodes, size=(n_edges, 3))
    for community in range(n_communities):
        nodes, own = np.flatnonzero(labels == community), owner == community
        edges[own] = rng.choice(nodes, (own.sum(), 3))
    edges = np.sort(edges, axis=1)
    return edges[(np.diff(edges, axis=1) > 0).all(axis=1)], labels


def clique_expansion(target):
    """How many hyperedges each pair of nodes shares."""
    nodes = target.indices
    ends = np.arange(0, nodes.size + 1, 3, dtype=nodes.dtype)
    incidence = csr_array(
        (np.ones(nodes.size), nodes.ravel(), ends),
        shape=(len(nodes), target.n_features),
    )
    graph = (incidence.T @ incidence).tocsr()
    graph.setdiag(0)
    return graph


class Steps:
    """Steps of a run: their time, and the peak memory of the process after each."""

    def __init__(self):
        self.rows = []

    def time(self, name, work):
        """What ``work()`` returns."""
        start = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        self.rows.append(
            {
                "step": name,
                "time": _common.seconds(seconds),
                "peak memory so far": f"{peak:.2f} GiB",
                "adjusted Rand index": "",
            }
        )
        return result

    def score(self, labels, found):
        """Compare communities with the true ones, in the last row."""
        index = adjusted_rand_score(labels, found)
        self.rows[-1]["adjusted Rand index"] = f"{index:.3f}"


def measure(n_nodes, n_edges, k, share):
    """A row for each step."""
    edges, labels = planted(n_nodes, n_edges, k, share)
    steps = Steps()
    target = steps.time(
        "`SparseTarget.from_hyperedges`",
        lambda: SparseTarget.from_hyperedges(edges, n_features=n_nodes),
    )
    for m in COLUMNS:
        V = np.random.default_rng(0).standard_normal((n_nodes, m))
        steps.time(f"`contract`, {m} columns", lambda V=V: target.contract(V))
    result = steps.time(
        "`overparam_symmetric_cp`, told nothing",
        lambda: overparam_symmetric_cp(target, random_state=0),
    )
    steps.rows[-1]["step"] += f": {result.n_components} terms"
    scores = np.cbrt(result.weights)[:, None] * result.components
    steps.score(labels, scores.argmax(axis=0))
    graph = steps.time("clique expansion", lambda: clique_expansion(target))
    _, leading = steps.time(
        f"{k} eigenvectors of it", lambda: eigsh(graph, k=k, v0=np.ones(n_nodes))
    )
    within = steps.time(
        "`CompressedTarget`", lambda: CompressedTarget(target, basis=leading)
    )
    result = steps.time(
        f"`overparam_symmetric_cp(rank={k})`",
        lambda: overparam_symmetric_cp(within, rank=k, random_state=0),
    )
    scores = np.cbrt(result.weights)[:, None] * result.components
    steps.score(labels, scores.argmax(axis=0))
    clustering = SpectralClustering(
        k, affinity="precomputed", eigen_solver="lobpcg", random_state=0
    )
    clusters = steps.time(
        "`SpectralClustering` of it", lambda: clustering.fit_predict(graph)
    )
    steps.score(labels, clusters)
    return steps.rows, len(target.values)


def main(argv=None):
    """Measure, write hypergraph.csv and hypergraph.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--communities", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    rows, n_edges = measure(
        arguments.nodes, arguments.edges, arguments.communities, arguments.share
    )
    _common.write_csv(arguments.output / "hypergraph.csv", rows)
    text = (
        f"{_common.markdown(rows)}\n{arguments.nodes:,} nodes, {n_edges:,} distinct "
        f"hyperedges, {arguments.share:.0%} of them within one of "
        f"{arguments.communities} communities; {_common.machine()}, one thread; "
        f"{_common.versions(*PACKAGES)}.\n"
    )
    (arguments.output / "hypergraph.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
