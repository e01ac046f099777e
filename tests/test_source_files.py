# SPDX-License-Identifier: BSD-3-Clause
"""Each source file names its licence, and the public face its types."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import sklearn_overtensor
from sklearn_overtensor import (
    baselines,
    datasets,
    displays,
    metrics,
    targets,
    testing,
)

ROOT = Path(__file__).parents[1]
FOLDERS = ("sklearn_overtensor", "tests", "doc", "examples", "benchmarks")
GENERATED = ("_build", "auto_examples", "generated", "__cache__", "outputs")


def sources():
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if not set(path.relative_to(ROOT).parts) & set(GENERATED):
                yield path


def test_the_first_line_names_the_licence():
    files = list(sources())
    assert len(files) > 100
    missing = [
        str(path.relative_to(ROOT))
        for path in files
        if not path.read_text("utf-8").startswith(
            "# SPDX-License-Identifier: BSD-3-Clause\n"
        )
    ]
    # An empty __init__.py holds nothing to license.
    assert [name for name in missing if (ROOT / name).stat().st_size] == []


def test_what_a_module_exports_is_there():
    packages = pkgutil.walk_packages(sklearn_overtensor.__path__, "sklearn_overtensor.")
    for name in (package.name for package in packages):
        module = importlib.import_module(name)
        missing = [
            each for each in getattr(module, "__all__", ()) if not hasattr(module, each)
        ]
        assert missing == [], name


def public_functions():
    """Every public function and every public method of a public class."""
    for module in (
        sklearn_overtensor,
        baselines,
        datasets,
        displays,
        metrics,
        targets,
        testing,
    ):
        names = getattr(module, "__all__", None) or [
            name for name, value in vars(module).items() if is_ours(value, module)
        ]
        for name in names:
            value = getattr(module, name)
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value
            elif inspect.isclass(value):
                yield from methods(value)


def is_ours(value, module):
    return getattr(value, "__module__", None) == module.__name__


def is_of_the_package(value):
    return value.__module__.partition(".")[0] == "sklearn_overtensor"


def methods(cls):
    for name, value in inspect.getmembers(cls):
        if isinstance(value, property):
            value = value.fget
        value = inspect.unwrap(getattr(value, "__func__", value))
        if not inspect.isfunction(value) or not is_of_the_package(value):
            continue
        if name == "__init__" or not name.startswith("_"):
            yield f"{cls.__module__}.{cls.__name__}.{name}", value


def untyped(function):
    signature = inspect.signature(function)
    for name, parameter in signature.parameters.items():
        if parameter.annotation is inspect.Parameter.empty and (
            name not in ("self", "cls")
        ):
            yield name
    if signature.return_annotation is inspect.Signature.empty:
        yield "return"


def test_the_public_face_is_typed():
    functions = dict(public_functions())
    assert len(functions) > 100
    bare = {name: list(untyped(function)) for name, function in functions.items()}
    assert not {name: missing for name, missing in bare.items() if missing}


def test_types_travel_with_the_package():
    assert (Path(sklearn_overtensor.__file__).parent / "py.typed").exists()
