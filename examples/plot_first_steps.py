# SPDX-License-Identifier: BSD-3-Clause
"""
How many terms does a tensor have?
==================================

A symmetric tensor of order 3 is a sum of five rank-one terms.
:class:`~sklearn_overtensor.OverparamSymmetricCP` finds the terms, and that there are
five. Then we compare it with TensorLy's alternating least squares on harder tensors.
"""

# %%
# One tensor
# ----------
# The tensor has 20 × 20 × 20 entries and no noise. Its terms are unit vectors in random
# directions, the rows of ``components``. Each has a weight.

from sklearn_overtensor.datasets import make_symmetric_cp

data = make_symmetric_cp(n_features=20, rank=5, order=3, random_state=0)
data.tensor.shape

# %%
# ``fit`` takes any array of three or more dimensions as the tensor itself. The model
# starts with more components than can be needed; a penalty and the refinement at the
# end leave those that the tensor is made of.

from sklearn_overtensor import OverparamSymmetricCP

model = OverparamSymmetricCP(random_state=0).fit(data.tensor)

print(f"terms found       {model.n_components_}")
print(f"relative residual {model.reconstruction_err_:.1e}")
print("weights found    ", model.weights_.round(3))
print("true weights     ", data.weights.round(3))

# %%
# Because the truth is known here, the terms can be compared with it. The score is 1 for
# the same terms in any sequence.

from sklearn_overtensor.metrics import factor_match_score

factor_match_score(data.components, model.components_, order=3)

# %%
# Beside alternating least squares
# --------------------------------
# :class:`~sklearn_overtensor.baselines.TensorLyCP` is TensorLy's ``parafac`` as an
# estimator with the same attributes, so that one loop runs both. It is given the true
# rank and up to 2,000 sweeps. Both get the same eight tensors, and one start each. They
# are harder than the first one: twenty terms in only fifteen dimensions.

import warnings

from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor.baselines import TensorLyCP

# parafac says so when its sweeps run out; the residuals below show it
warnings.filterwarnings("ignore", category=ConvergenceWarning)

models = {
    "ours, rank not given": OverparamSymmetricCP(random_state=0),
    "parafac, rank given": TensorLyCP(n_components=20, max_iter=2000, random_state=0),
}
tensors = [make_symmetric_cp(15, 20, 3, random_state=seed) for seed in range(8)]
residuals = {name: [] for name in models}
matches = {name: [] for name in models}
for name, estimator in models.items():
    for truth in tensors:
        estimator.fit(truth.tensor)
        residuals[name].append(estimator.reconstruction_err_)
        matches[name].append(
            factor_match_score(truth.components, estimator.components_, order=3)
        )

# %%
# Left, the cosines between the true components of the first, easier tensor and those
# found there, each beside the one that it is matched with. The other two panels
# have one dot for each harder tensor and method. Where alternating least squares ends
# in a local minimum, a residual stays that no further sweep removes.

import matplotlib.pyplot as plt
import numpy as np

from sklearn_overtensor.displays import FactorMatchDisplay

figure, (left, middle, right) = plt.subplots(
    1, 3, figsize=(10.5, 3.4), layout="constrained"
)
FactorMatchDisplay.from_estimator(model, data.components, ax=left)
for column, (name, color) in enumerate(zip(models, ("C0", "C1"), strict=True)):
    x = column + np.linspace(-0.2, 0.2, len(tensors))
    middle.plot(x, np.maximum(residuals[name], 1e-16), "o", color=color)
    right.plot(x, matches[name], "o", color=color)
middle.set(yscale="log", title="Relative residual")
right.set(ylim=(0, 1.05), title="Factor match score")
for axes in (middle, right):
    axes.set_xticks([0, 1], [name.replace(", ", ",\n") for name in models])
    axes.set_xlim(-0.5, 1.5)
plt.show()
