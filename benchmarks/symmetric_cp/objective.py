# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric CP: the explicit relative residual, the rank and the factors."""

import numpy as np
from benchmark_utils.symmetric import symmetric_terms
from benchopt import BaseObjective

from sklearn_overtensor.metrics import factor_match_score, relative_error

# Relative residual of an exact answer; score of factors that match.
EXACT, MATCH = 1e-6, 0.999


class Objective(BaseObjective):
    name = "Symmetric CP"
    url = "https://github.com/benchopt/benchopt"
    min_benchopt_version = "1.10"
    sampling_strategy = "run_once"
    parameters = {"limit": [10]}  # noqa: RUF012

    def set_data(self, tensor, weights, components, seed):
        self.tensor, self.weights, self.components = tensor, weights, components
        self.seed = seed

    def get_objective(self):
        return {
            "tensor": self.tensor,
            "rank": len(self.weights),
            "seed": self.seed,
            "limit": self.limit,
        }

    def evaluate_result(self, answer, outcome, seconds):
        residual, score, n_terms = np.inf, 0.0, 0
        if answer is not None and all(np.isfinite(part).all() for part in answer):
            weights, factors = answer
            factors = list(factors) if np.ndim(factors) == 3 else [factors]
            factors = factors * (self.tensor.ndim // len(factors))
            n_terms = len(weights)
            residual = relative_error(self.tensor, (weights, factors))
            score = self._score(weights, factors)
        return {
            "value": residual,
            "exact": residual <= EXACT,
            "rank": n_terms,
            "true_rank": n_terms == len(self.weights),
            "score": score,
            "match": score >= MATCH,
            "outcome": outcome,
            "seconds": seconds,
        }

    def _score(self, weights, factors):
        weights, directions = symmetric_terms(weights, factors)
        return factor_match_score(
            self.components,
            directions.T,
            self.weights,
            weights,
            order=self.tensor.ndim,
        )

    def get_one_result(self):
        answer = self.weights, self.components.T
        return {"answer": answer, "outcome": "finished", "seconds": 0.0}
