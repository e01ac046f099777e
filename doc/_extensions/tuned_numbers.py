# SPDX-License-Identifier: BSD-3-Clause
"""The numbers that rooms of the package are tuned by, and their reasons, as a table."""

import ast
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

PACKAGE = Path(__file__).parents[2] / "sklearn_overtensor"


def tuned_numbers(room):
    """``(module, names, values, reason)`` of what a module or a room's modules set.

    A reason is the comment above a number; consecutive numbers share one.
    """
    found = []
    for path in sorted([*PACKAGE.glob(f"{room}.py"), *PACKAGE.glob(f"{room}/*.py")]):
        source, reason = path.read_text(), ""
        lines, module = source.splitlines(), path.relative_to(PACKAGE).as_posix()
        for node in _settings(ast.parse(source)):
            names = [each.id for each in ast.walk(_name_of(node)) if _is_name(each)]
            reason = _comment_above(lines, node.lineno - 1) or reason
            values = ast.get_source_segment(source, node.value)
            found.append((module, names, values, reason))
    return found


def _settings(tree):
    """Assignments of numbers to constants, and the fields of ``Settings``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_number(node.value):
            if all(each.id.isupper() for each in ast.walk(node) if _is_name(each)):
                yield node
        elif isinstance(node, ast.ClassDef) and node.name == "Settings":
            yield from (each for each in node.body if isinstance(each, ast.AnnAssign))


def _name_of(node):
    return node.target if isinstance(node, ast.AnnAssign) else node.targets[0]


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
    while index > 0 and lines[index - 1].lstrip().startswith("# "):
        index -= 1
        comment.insert(0, lines[index].lstrip()[2:])
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
