# SPDX-License-Identifier: BSD-3-Clause
"""The main job of `make demo`: a tensor, then a real data set in a pipeline."""

import argparse
from time import perf_counter

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score

N_IMAGES_SHOWN = 8


def decompose_tensor():
    """Decompose a noiseless tensor without its rank; return truth and model."""
    truth = make_symmetric_cp(n_features=20, rank=5, order=3, random_state=0)
    start = perf_counter()
    model = OverparamSymmetricCP(random_state=0).fit(truth.tensor)
    seconds = perf_counter() - start
    match = factor_match_score(truth.components, model.components_, order=3)

    print("1. A symmetric tensor, 20 x 20 x 20, made of 5 rank-one terms")
    print("   (the model is not told how many)\n")
    print(f"   terms found         {model.n_components_}")
    print(f"   relative residual   {model.reconstruction_err_:.1e}")
    print(f"   factor match score  {match:.4f}   (1: the true terms)")
    print(f"   time                {seconds:.2f} s\n")
    print("   weight found  true weight")
    true_weights = np.sort(np.abs(truth.weights))[::-1]
    for i in range(max(len(model.weights_), len(true_weights))):
        print(f"   {_number(model.weights_, i):>12}  {_number(true_weights, i):>11}")
    return truth, model


def _number(values, i):
    return f"{values[i]:.4f}" if i < len(values) else "-"


def decompose_digits():
    """Decompose the third-order moment of the digits; return what to draw."""
    images, digits = load_digits(return_X_y=True)
    train, test = train_test_split(images, train_size=1200, random_state=0)
    pipeline = make_pipeline(
        PCA(n_components=10, random_state=0),
        # a real moment is no exact sum of terms: keep the penalised model as it is
        OverparamSymmetricCP(16, order=3, alpha=1e-2, refine=False, random_state=0),
    )
    start = perf_counter()
    pipeline.fit(train)
    seconds = perf_counter() - start
    pca, model = pipeline[0], pipeline[-1]
    components = model.components_[:N_IMAGES_SHOWN]
    positions = pca.transform(images) @ components.T
    frequent = [_most_frequent(digits[np.argsort(p)[-50:]]) for p in positions.T]

    print("\n2. The third-order moment of 1200 images of handwritten digits, in")
    print("   make_pipeline(PCA(10), OverparamSymmetricCP(16, refine=False));")
    print("   no label is used")
    print("   (score: 1 for a perfect model, 0 for one without a term)\n")
    print(f"   terms                            {model.n_components_}")
    print(f"   score on those images            {pipeline.score(train):.3f}")
    print(f"   score on 597 images held out     {pipeline.score(test):.3f}")
    print(f"   time                             {seconds:.2f} s\n")
    print("   term  weight  the 50 of all 1797 images that lie furthest along it")
    for i, (digit, count) in enumerate(frequent):
        weight = model.weights_[i]
        print(f"   {i + 1:>4}  {weight:>6.0f}  {count:>2} show the digit {digit}")
    return components @ pca.components_, frequent


def _most_frequent(labels):
    counts = np.bincount(labels, minlength=10)
    return int(counts.argmax()), int(counts.max())


def draw(truth, model, directions, frequent, output):
    """Write the picture of both results."""
    figure = plt.figure(figsize=(11, 4.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.5))
    left.suptitle("Tensor: cosines of true and found terms")
    ax = left.subplots()
    cosines = truth.components @ model.components_.T
    image = ax.imshow(cosines, cmap="RdBu_r", vmin=-1, vmax=1)
    ax.set_xticks(range(cosines.shape[1]), range(1, cosines.shape[1] + 1))
    ax.set_yticks(range(cosines.shape[0]), range(1, cosines.shape[0] + 1))
    ax.set(xlabel="term found", ylabel="true term")
    left.colorbar(image, ax=ax, shrink=0.8)

    right.suptitle(
        "Digits: components, and the digit most frequent furthest along each"
    )
    axes = right.subplots(2, N_IMAGES_SHOWN // 2)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, direction, (digit, count) in zip(
        axes.flat, directions, frequent, strict=False
    ):
        limit = np.abs(direction).max()
        ax.imshow(direction.reshape(8, 8), cmap="RdBu_r", vmin=-limit, vmax=limit)
        ax.set_title(f"{digit} ({count} of 50)", fontsize=10)
    figure.savefig(output, dpi=120)
    print(f"\nThe picture of both is in {output}")


def main():
    """Run both parts and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", default="demo.png", help="where the picture goes")
    output = parser.parse_args().output
    truth, model = decompose_tensor()
    directions, frequent = decompose_digits()
    draw(truth, model, directions, frequent, output)


if __name__ == "__main__":
    main()
