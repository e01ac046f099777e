# SPDX-License-Identifier: BSD-3-Clause
"""The numbers that rooms of the package are tuned by, and their reasons, as a table."""

import ast
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

PACKAGE = Path(__file__).parents[2] / "sklearn_overtensor"


def tuned_numbers(room):
    """``(module, names, values, reason)`` of the constants of a room's modules.

    A reason is the comment above a constant; consecutive constants share one.
    """
    found = []
    for path in sorted((PACKAGE / room).glob("*.py")):
        source, reason = path.read_text(), ""
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if not isinstance(node, ast.Assign) or not _is_number(node.value):
                continue
            names = [each.id for each in ast.walk(node.targets[0]) if _is_name(each)]
            if all(name.isupper() for name in names):
                reason = _comment_above(lines, node.lineno - 1) or reason
                values = ast.get_source_segment(source, node.value)
                found.append((f"{room}/{path.name}", names, values, reason))
    return found


def _is_name(node):
    return isinstance(node, ast.Name)


def _is_number(node):
    """Whether an expression has numbers in it and nothing that is looked up."""
    parts = list(ast.walk(node))
    numbers = [
        part
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, int | float)
    ]
    return bool(numbers) and not any(map(_is_name, parts))


def _comment_above(lines, index):
    comment: list[str] = []
    while index > 0 and lines[index - 1].startswith("# "):
        index -= 1
        comment.insert(0, lines[index][2:])
    return " ".join(comment)


class TunedNumbers(Directive):
    """A table of the numbers of the rooms that are named."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """The table, by way of its source."""
        rows = [".. list-table::", "   :header-rows: 1", "   :widths: 22 26 52", ""]
        rows += ["   * - where", "     - number", "     - what it is for"]
        for room in self.arguments[0].split():
            for module, names, values, reason in tuned_numbers(room):
                rows += [
                    f"   * - ``{module}``",
                    f"     - ``{', '.join(names)} = {values.strip('()')}``",
                    f"     - {reason}",
                ]
        node = nodes.container()
        self.state.nested_parse(StringList(rows, source="tuned numbers"), 0, node)
        return node.children


def setup(app):
    """Register the directive."""
    app.add_directive("tuned-numbers", TunedNumbers)
    return {"parallel_read_safe": True}
