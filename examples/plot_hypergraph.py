# SPDX-License-Identifier: BSD-3-Clause
"""
Which communities does a hypergraph have, if they overlap?
==========================================================

Hyperedges of three nodes, such as papers of three authors, make a symmetric tensor that
is nearly empty: :class:`~sklearn_overtensor.targets.SparseTarget`. A community is a
rank-one term of it, whose component has an entry for each node. A node may be in two
communities. A clustering has to put it into one.
"""

# %%
# Planted communities
# -------------------
# Of 2,000 nodes in four communities every tenth is in two. Every second hyperedge
# is within a community, the others are between any three nodes.

import matplotlib.pyplot as plt
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh
from sklearn.cluster import SpectralClustering
from sklearn.metrics import average_precision_score

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import CompressedTarget, SparseTarget


def planted(n_nodes, n_edges, n_communities=4, share=0.5, seed=0):
    """Hyperedges, and which node is in which community."""
    rng = np.random.default_rng(seed)
    member = np.zeros((n_communities, n_nodes), dtype=bool)
    member[np.arange(n_nodes) * n_communities // n_nodes, np.arange(n_nodes)] = True
    twice = rng.choice(n_nodes, n_nodes // 10, replace=False)
    member[rng.integers(n_communities, size=len(twice)), twice] = True
    within = rng.uniform(size=n_edges) < share
    owner = np.where(within, rng.integers(n_communities, size=n_edges), n_communities)
    edges = np.empty((n_edges, 3), dtype=int)
    for which, group in enumerate([*member, np.ones(n_nodes, dtype=bool)]):
        nodes = np.flatnonzero(group)
        edges[owner == which] = rng.choice(nodes, ((owner == which).sum(), 3))
    edges = np.sort(edges, axis=1)
    return edges[(np.diff(edges, axis=1) > 0).all(axis=1)], member


# %%
# Straight from the hyperedges
# ----------------------------
# ``fit`` takes the target as it takes a tensor, and nothing is set: a term is kept if
# it is more than chance makes of independent hyperedges. Here a node has 90 of them.

edges, member = planted(n_nodes=200, n_edges=6_000, share=0.8)
target = SparseTarget.from_hyperedges(edges)
model = OverparamSymmetricCP(random_state=0).fit(target)
print(model.n_components_, model.status_)
print(f"{len(target.values)} entries of {200**3 // 6} that could be")
print(f"match {factor_match_score(member.astype(float), model.components_):.3f}")

# %%
# In the subspace of a graph
# --------------------------
# Pairs of nodes in a common hyperedge make a graph, the clique expansion. Its leading
# eigenvectors say where communities are, not which: any rotation of them serves as
# well. The tensor in that subspace, 4 x 4 x 4 numbers, has the communities as its
# terms, and needs far fewer hyperedges.


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


def memberships(target, graph, n_communities=4):
    """A score of each node for each community."""
    start = np.ones(target.n_features)
    _, leading = eigsh(graph, k=n_communities, v0=start)
    within = CompressedTarget(target, basis=leading)
    result = overparam_symmetric_cp(within, rank=n_communities, random_state=0)
    return np.cbrt(result.weights)[:, None] * result.components


def clusters(graph, n_communities=4):
    """The same from spectral clustering: one community each."""
    clustering = SpectralClustering(
        n_communities, affinity="precomputed", random_state=0
    )
    labels = clustering.fit_predict(graph)
    return (labels == np.arange(n_communities)[:, None]).astype(float)


def precision(scores, member):
    """Mean average precision of the communities, each with its best score."""
    return np.mean(
        [max(average_precision_score(row, score) for score in scores) for row in member]
    )


sizes = [8_000, 16_000, 32_000]
found = {"terms of the tensor": [], "spectral clustering": []}
for n_edges in sizes:
    edges, member = planted(2_000, n_edges)
    target = SparseTarget.from_hyperedges(edges, n_features=2_000)
    graph = clique_expansion(target)
    scores = memberships(target, graph)
    found["terms of the tensor"].append(precision(scores, member))
    found["spectral clustering"].append(precision(clusters(graph), member))
for name, values in found.items():
    print(f"{name:20} {np.round(values, 3)}")

# %%
# The picture
# -----------
# Left, the scores of the last fit for each node, the nodes in the sequence of their
# communities: those in two have two high scores. Right, how well the members of the
# communities stand out.

order = np.lexsort([member.sum(axis=0), member.argmax(axis=0)])
rows = [np.argmax([average_precision_score(row, s) for s in scores]) for row in member]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
image = left.imshow(
    scores[rows][:, order], aspect="auto", cmap="Blues", interpolation="nearest", vmin=0
)
left.set(xlabel="node", ylabel="community", yticks=range(4))
left.set_title("scores of the nodes")
figure.colorbar(image, ax=left)
degrees = 3 * np.array(sizes) / 2_000
for (name, values), marker in zip(found.items(), "os", strict=True):
    right.plot(degrees, values, marker=marker, label=name)
right.set(xscale="log", xlabel="hyperedges of a node", ylabel="mean average precision")
right.set_xticks(degrees, [f"{degree:.0f}" for degree in degrees], minor=False)
right.minorticks_off()
right.legend()
plt.show()

# %%
# When not to use this
# --------------------
# Where each node is in one community, spectral clustering finds it as well and sooner.
# Hyperedges of several sizes are one tensor each.
