# SPDX-License-Identifier: BSD-3-Clause
"""The sequence of the gallery's pages: that of a course."""

from pathlib import Path

COURSE = (
    # from a table, or a tensor, to an answer
    "plot_tutorial.py",
    "plot_first_steps.py",
    "plot_noise.py",
    "plot_displays.py",
    # what else is found
    "plot_mixture.py",
    "plot_independent_sources.py",
    "plot_more_sources.py",
    "plot_image_patches.py",
    "plot_hyperspectral.py",
    "plot_polynomial_network.py",
    "plot_missing_entries.py",
    "plot_hypergraph.py",
    # inside scikit-learn, and data beyond memory
    "plot_alpha_path.py",
    "plot_pipeline_grid_search.py",
    "plot_callbacks.py",
    "plot_streaming.py",
    "plot_dask.py",
    # the algorithm and the paper
    "plot_trajectory.py",
    "plot_lazy_training.py",
    "plot_bad_local_minima.py",
    "plot_leaving_zero.py",
    "plot_components_needed.py",
    "plot_smallest_width.py",
    "plot_mixed_orders.py",
    "plot_mixed_networks.py",
)


def in_course(filename):
    """Key by which sphinx-gallery sorts; a page without a place is an error."""
    name = Path(filename).name
    return COURSE.index(name) if name.startswith("plot_") else len(COURSE)
