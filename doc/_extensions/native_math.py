# SPDX-License-Identifier: BSD-3-Clause
"""Formulas as MathML, which browsers draw themselves: no script, no network.

docutils turns the TeX into MathML while the pages are built. A formula that it cannot
read is shown as TeX, with a warning.
"""

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

# What docutils does not know, as what it knows. Docstrings have signs as characters,
# to be read in a plain help() too.
REPLACED = {
    "⊗": r"\otimes ",
    "∘": r"\circ ",
    "·": r"\cdot ",
    "×": r"\times ",
    "∈": r"\in ",
    r"\dots": r"\ldots",
}


def to_mathml(node, tex, block):
    """Return a ``math`` element for a formula."""
    known = tex
    for unknown, replacement in REPLACED.items():
        known = known.replace(unknown, replacement)
    if r"\\" in tex and r"\begin" not in tex:
        known = r"\begin{aligned}" + known + r"\end{aligned}"
    try:
        mathml = latex2mathml.tex2mathml(known, as_block=block)
        # A bar of a norm is as high as a letter, not as high as the sum beside it.
        return mathml.replace("<mo>‖</mo>", '<mo stretchy="false">‖</mo>')
    except MathError as error:
        logger.warning("formula not understood: %s (%s)", tex, error, location=node)
        return None


def visit_math(self, node):
    """Write an inline formula."""
    mathml = to_mathml(node, node.astext(), block=False)
    self.body.append(mathml or f"<code>{self.encode(node.astext())}</code>")
    raise nodes.SkipNode


def visit_displayed_math(self, node):
    """Write a displayed formula, with its number if it has one."""
    mathml = to_mathml(node, node.astext(), block=True)
    self.body.append(self.starttag(node, "div", CLASS="formula"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(mathml or f"<pre>{self.encode(node.astext())}</pre>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    """Register the renderer as ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer(
        "mathml", (visit_math, None), (visit_displayed_math, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
