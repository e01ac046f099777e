# SPDX-License-Identifier: BSD-3-Clause
"""
When can a search stop?
=======================

The paper's Algorithm 1 starts its smallest component afresh at the beginning of each
epoch. Scikit-learn's callbacks show what that brings. They see every epoch, and an
estimator with the best model so far. They can also end the search.
"""

# %%
# A line an epoch
# ---------------
# The fourth cumulant of six independent sources in six mixtures, by Algorithm 1 with
# no component to spare. ``verbose=1`` prints the objective and the relative residual.

import warnings

from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples

# with so few iterations an epoch may end on its way down, and a warning says so
warnings.filterwarnings("ignore", category=ConvergenceWarning)

X = make_latent_samples(40_000, 6, 6, distribution="laplace", random_state=0).X
X_train, X_test = X[:20_000], X[20_000:]

model = OverparamSymmetricCP(
    6,
    order=4,
    statistic="cumulant",
    alpha=0.01,
    solver="gd",
    max_epochs=15,
    max_iter=60,
    verbose=1,
    random_state=0,
).fit(X_train)

# %%
# Scores of epochs
# ----------------
# ``ScoringMonitor`` scores the model of each epoch. Your own scorer may use samples
# that are held out. (``ProgressBar`` goes the same way and needs ``rich``.)

from sklearn.callback import ScoringMonitor


def held_out(estimator, X, y):
    return estimator.score(X_test)


def training(estimator, X, y):
    return estimator.score(X)


monitor = ScoringMonitor(scoring={"held out": held_out, "training": training})
model.set_params(verbose=0).set_callbacks(monitor).fit(X_train)
rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]

# %%
# The score jumps where a fresh component finds a direction that was missing. Elsewhere
# an epoch changes next to nothing.

import matplotlib.pyplot as plt

epochs = range(1, len(rows) + 1)
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
for name, marker in (("training", "o"), ("held out", "s")):
    axis.plot(epochs, [row[name] for row in rows], marker=marker, label=name)
axis.set(xlabel="epoch", ylabel="score of the penalised model")
axis.legend()
plt.show()

# %%
# To stop early
# -------------
# A callback that returns True after an epoch ends the search there; its model is then
# refined as usual.


class StopAtScore:
    """End a search when held-out samples are explained well enough."""

    def __init__(self, X, score):
        self.X, self.score = X, score

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        is_epoch = context.task_name == "epoch" and fitted_estimator is not None
        return is_epoch and fitted_estimator.score(self.X) >= self.score


model.set_callbacks(StopAtScore(X_test, 0.95)).fit(X_train)
print(f"{model.status_} after {model.n_epochs_} epochs of {model.max_epochs}")
print(f"score on held-out samples, refined: {model.score(X_test):.3f}")
