# SPDX-License-Identifier: BSD-3-Clause
"""How the documentation is built. It builds offline; every warning is an error."""

import os
import re
import sys
import warnings
from configparser import ConfigParser
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "_extensions")]

from _inventories import build_inventories  # noqa: E402

from sklearn_overtensor import __version__  # noqa: E402

project = "sklearn-overtensor"
author = "the sklearn-overtensor developers"
copyright = "2026, the sklearn-overtensor developers"
version = release = __version__

extensions = [
    "myst_parser",
    "native_math",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "tuned_numbers",
]
exclude_patterns = ["_build", "auto_examples/**/GALLERY_HEADER.rst"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
templates_path = ["_templates"]
root_doc = "index"
default_role = "literal"
html_math_renderer = "mathml"

# -- API reference ---------------------------------------------------------------------
autosummary_generate = True
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "inherited-members": True}
numpydoc_show_class_members = False
numpydoc_use_plots = False

# -- Links -----------------------------------------------------------------------------
# A reference that leads nowhere is a warning, too.
nitpicky = True

# -- Links to other projects -----------------------------------------------------------
# The few names that our pages link to are kept in _inventories/, so that a build needs
# no network and gives the same pages everywhere. SPHINX_ONLINE=1 fetches the whole
# inventories first, and falls back on ours where one cannot be had.
intersphinx_mapping = build_inventories(
    HERE / "_inventories",
    HERE / "_build" / "inventories",
    online=os.environ.get("SPHINX_ONLINE", "") == "1",
)
intersphinx_timeout = 5

# -- Gallery ---------------------------------------------------------------------------
sphinx_gallery_conf = {
    "examples_dirs": ["../examples"],
    "gallery_dirs": ["auto_examples"],
    "ignore_pattern": r"demo\.py",  # the main job of `make demo`: no page of its own
    "within_subsection_order": "gallery_order.in_course",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("sklearn_overtensor",),
    "plot_gallery": "True",
    "parallel": True,  # as many processes as `sphinx -j` says
    "remove_config_comments": True,
    "show_signature": False,
}
# The gallery draws into files: matplotlib's remark on that is of no use on a page.
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")

# -- Pages -----------------------------------------------------------------------------
setup_cfg = ConfigParser()
setup_cfg.read(HERE.parent / "setup.cfg", encoding="utf-8")
project_urls = dict(
    line.split(" = ") for line in setup_cfg["metadata"]["project_urls"].split("\n")[1:]
)
# The repository is linked from every page as soon as it has a public address.
repository = project_urls.get("Source")
ICONS = [{"name": "Repository", "url": repository, "icon": "fa-brands fa-github"}]

html_theme = "pydata_sphinx_theme"
html_title = f"sklearn-overtensor {release}"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_theme_options = {
    "logo": {"text": "sklearn-overtensor"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,  # all of the top level, none under "More"
    "icon_links": [
        {"name": "Repository", "url": repository, "icon": "fa-brands fa-github"}
    ]
    if repository
    else [],
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "show_toc_level": 2,
}
html_sidebars = {page: [] for page in ("index", "install", "quickstart", "benchmarks")}
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["custom.css"]
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def escape_underscores(app, what, name, obj, options, lines):
    """Keep ``of shape (n_components_, d)`` from being read as a link."""
    for i, line in enumerate(lines):
        if " of shape (" in line:
            lines[i] = re.sub(r"(\w)_(?=[,)\s]|$)", r"\1\\_", line)


def setup(app):
    # after numpydoc, whose priority is the default of 500
    app.connect("autodoc-process-docstring", escape_underscores, priority=600)
