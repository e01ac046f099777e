# SPDX-License-Identifier: BSD-3-Clause
"""What a search found as a result: conventions, residual, status, noise."""

import warnings
from functools import partial
from math import sqrt

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from ..algebra.cp import canonical_order, cp_squared_norm, do_cancel
from .afterwards import Afterwards
from .residual import relative_residual
from .result import SymmetricCPResult

# Statuses of a residual that is at most tol.
FITS_EXACTLY = ("exact", "generic")


def as_result(found, target, options, after=None):
    """What a search found, in the conventions of a result and with its residual."""
    after = after or Afterwards(keeps_interrupted=False)
    weights, V = found.weights, found.V
    weights, components = canonical_order(weights, V.T, target.order)
    residual = partial(relative_residual, target, weights, components.T)
    error = after.ask(residual, "its residual", np.nan)
    status = _status(error, weights, found, target, options)
    norm = sqrt(target.squared_norm)
    noise = _noise_attributes(
        found, weights, components, status, options, target, error * norm, after
    )
    if after.interrupted and status not in FITS_EXACTLY:
        status = "interrupted"
    return SymmetricCPResult.of_epochs(
        found.epochs,
        weights=weights,
        components=components,
        order=target.order,
        reconstruction_err=error,
        status=status,
        contraction=found.contraction,
        **noise,
    )


def _noise_size(left, weights, components, order, report):
    """Norm of the noise over that of the terms, from the norm of what they leave."""
    if not report.significant:
        return np.inf
    model = sqrt(max(cp_squared_norm(np, weights, components.T, order), 0.0))
    return left * report.inflation / model if model else np.inf


def _noise_attributes(found, weights, components, status, options, target, left, after):
    """What a result says of noise, its standard errors in the sequence of its terms."""
    shape, order = components.shape, target.order
    exact = status in FITS_EXACTLY
    # Of an exact tensor nothing more is asked; exact samples are samples still.
    asked = found.noise is not None and (not exact or target.form_variances is not None)
    report = after.ask(found.noise, "its noise and standard errors") if asked else None
    ranking = np.argsort(
        -np.abs(found.weights * np.linalg.norm(found.V, axis=0) ** order),
        kind="stable",
    )
    # Terms of which any tensor has some are not unique: of them no error is known.
    known = 0.0 if status == "exact" and not asked else np.nan
    weights_std, components_std = np.full(shape[0], known), np.full(shape, known)
    alpha, noise, rows = options.alpha, np.nan, {}
    if alpha == "auto":
        alpha = (np.nan if asked else 0.0) if report is None else report.alpha
    if report is not None:
        weights_std = report.weights_std[ranking]
        components_std = report.components_std.T[ranking]
        if report.effective_rows is not None:
            rows["effective_rows"] = report.effective_rows[ranking]
            rows["rows_needed"] = report.rows_needed
        noise = options.noise
        if noise == "auto":
            noise = _noise_size(left, weights, components, order, report)
    if exact:
        noise, alpha = 0.0, 0.0 if options.alpha == "auto" else alpha
    return {
        "alpha": float(alpha),
        "noise": float(noise),
        "weights_std": weights_std,
        "components_std": components_std,
        **rows,
    }


def _status(error, weights, found, target, options):
    if error <= options.tol and found.significant:
        return "generic" if found.generic else "exact"
    if found.ending is not None:
        return found.ending
    if not found.significant:
        return "noise"
    if found.explains:
        return "within_noise"
    if do_cancel(weights, sqrt(target.squared_norm)):
        return "degenerate"
    return "stationary" if found.stationary else "iteration_limit"


def preference(result):
    """Smaller for a better answer: exact with few terms, else of small residual.

    Between exact ones rounding shall not decide.
    """
    if result.status in FITS_EXACTLY:
        return (False, result.n_components)
    error = np.nan_to_num(result.reconstruction_err, nan=np.inf)  # NaN: not known
    return (True, error)


def zero_result(target, options):
    """The answer for a target that is zero: one term of weight zero."""
    warnings.warn(
        "The target is zero (or so small that its squared norm is): there is nothing "
        "to decompose, and one term of weight zero is kept. The cumulants of one "
        "sample are zero, as are those of odd order of a symmetric distribution.",
        ConvergenceWarning,
        stacklevel=4,
    )
    components = np.zeros((1, target.n_features))
    components[0, 0] = 1.0
    return SymmetricCPResult.of_epochs(
        weights=np.zeros(1),
        components=components,
        order=target.order,
        reconstruction_err=0.0,
        status="noise",
        contraction=target.contraction,
        alpha=0.0 if options.alpha == "auto" else float(options.alpha),
        noise=0.0,
        weights_std=np.zeros(1),
        components_std=np.zeros_like(components),
    )
