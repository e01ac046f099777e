# SPDX-License-Identifier: BSD-3-Clause
"""What is said twice about the package is said alike."""

import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import sklearn_overtensor

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
# Other names of the same packages at conda-forge.
AT_CONDA_FORGE = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
# Extras for users; the others serve the work on the package.
FOR_USERS = ("torch", "dask", "plot")


@pytest.fixture(scope="module")
def setup():
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def recipe():
    """The recipe with its variables put in."""
    text = (ROOT / "conda" / "recipe.yaml").read_text("utf-8")
    for name, value in yaml.safe_load(text)["context"].items():
        text = text.replace(f"${{{{ {name} }}}}", str(value))
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def citation():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def requirements(text):
    return [Requirement(line) for line in text.strip().splitlines()]


def floors(found):
    """The oldest version of each requirement; there must be no other limit."""
    oldest = {}
    for each in found:
        (limit,) = each.specifier
        assert limit.operator == ">="
        oldest[each.name] = limit.version
    return oldest


def pins(file):
    lines = (ROOT / file).read_text("utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#") and line]
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def asked_for(setup, *names):
    """What the package needs by itself, and with extras."""
    texts = [setup["options"]["install_requires"]]
    texts += [setup["options.extras_require"][name] for name in names]
    return [each for text in texts for each in requirements(text)]


def oldest_python(setup):
    return setup["options"]["python_requires"].removeprefix(">=")


def pythons(setup):
    """Versions of Python that the classifiers name."""
    return re.findall(
        r"^Programming Language :: Python :: (3\.\d+)$",
        setup["metadata"]["classifiers"],
        re.MULTILINE,
    )


# --- versions of ours ----------------------------------------------------------------


def test_one_version(recipe, citation):
    version = sklearn_overtensor.__version__
    assert recipe["package"]["version"] == version
    assert str(citation["version"]) == version


def test_one_licence(setup, recipe, citation):
    licence = setup["metadata"]["license_expression"]
    assert recipe["about"]["license"] == licence
    assert citation["license"] == licence
    assert (ROOT / recipe["about"]["license_file"]).exists()


def test_one_summary(setup, recipe, citation):
    summary = setup["metadata"]["description"]
    assert recipe["about"]["summary"] == summary
    assert citation["abstract"] == f"{summary}."


# --- versions of what it needs -------------------------------------------------------


def test_the_recipe_asks_for_what_setup_asks_for(setup, recipe):
    asked = floors(map(Requirement, recipe["requirements"]["run"]))
    assert asked.pop("python") == oldest_python(setup)
    assert asked == floors(asked_for(setup))


def test_the_recipe_limits_what_is_optional(setup, recipe):
    asked = floors(map(Requirement, recipe["requirements"]["run_constraints"]))
    optional = floors(asked_for(setup, *FOR_USERS))
    for name in floors(asked_for(setup)):
        del optional[name]
    assert asked == {AT_CONDA_FORGE.get(k, k): v for k, v in optional.items()}


def test_the_recipe_builds_as_pip_does(recipe):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {str(each).replace(" ", "") for each in recipe["requirements"]["host"]}
    assert set(project["build-system"]["requires"]) <= needed


def test_the_oldest_pins_are_the_floors(setup):
    oldest = pins("constraints-oldest.txt")
    for name, floor in floors(asked_for(setup, "test", "plot")).items():
        assert oldest.pop(canonicalize_name(name)) == Version(floor), name
    assert not oldest


def test_the_pins_of_development_meet_every_requirement(setup):
    pinned = pins("constraints.txt")
    for each in asked_for(setup, *setup["options.extras_require"]):
        assert each.specifier.contains(pinned[canonicalize_name(each.name)]), each


def test_the_policy_names_the_oldest_versions(setup):
    policies = (ROOT / "doc" / "policies.rst").read_text("utf-8")
    rows = re.findall(r"^   \* - (\S+)\n     - (\S+)$", policies, re.MULTILINE)
    asked = floors(asked_for(setup, *FOR_USERS))
    assert dict(rows) == {"Python": oldest_python(setup), **asked}


# --- versions of Python --------------------------------------------------------------


def test_versions_of_python_without_a_gap(setup):
    first, *others = [int(python.removeprefix("3.")) for python in pythons(setup)]
    assert f"3.{first}" == oldest_python(setup)
    assert others == [first + 1 + k for k in range(len(others))]


@pytest.mark.skipif(not WORKFLOWS.exists(), reason="an sdist has no .github")
def test_every_version_of_python_is_tested(setup):
    workflow = yaml.safe_load((WORKFLOWS / "versions.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["python"]["strategy"]["matrix"]
    assert matrix["python"] == pythons(setup)


@pytest.mark.skipif(not WORKFLOWS.exists(), reason="an sdist has no .github")
@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda f: f.name)
def test_workflows_read_alone_and_pin_what_they_use(file):
    text = file.read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    for action in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action)
