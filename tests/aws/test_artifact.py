"""What the workers run is what runs here, at the same versions, for their processor."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import billdrop
from billdrop.aws.deploy.artifact import artifact_key, build, install_pinned, pins, runs
from billdrop.errors import ConfigurationError


def stub(packages: Sequence[str], folder: Path, machine: str) -> None:
    """In place of fetching: one file that names what was asked for."""
    (folder / "fetched.json").write_text(json.dumps([machine, *packages]))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the processor that this machine may not have."""
    path = tmp_path_factory.mktemp("artifact") / "a.zip"
    build(path, "aarch64", stub)
    return path


def test_program_and_what_it_needs_are_pinned_as_installed() -> None:
    names = {pin.partition("==")[0] for pin in pins()}
    assert {"boto3", "msgspec", "duckdb", "botocore", "pydantic-core"} <= names
    assert not names & {"pytest", "mypy", "cfn-lint", "billdrop"}


def test_every_file_of_the_program_is_there_and_nothing_compiled(other: Path) -> None:
    with zipfile.ZipFile(other) as file:
        names = set(file.namelist())
    root = Path(billdrop.__file__).parent
    files = {f"billdrop/{each.relative_to(root).as_posix()}" for each in root.rglob("*.py")}
    assert files <= names
    assert {"billdrop/aws/deploy/template.yaml", "billdrop/aws/deploy/instance/install.sh"} <= names
    assert [name for name in names if "__pycache__" in name or name.startswith(("/", ".."))] == []


def test_plain_packages_are_copied_and_only_others_are_fetched(other: Path) -> None:
    with zipfile.ZipFile(other) as file:
        machine, *fetched = json.loads(file.read("fetched.json"))
        names = set(file.namelist())
    assert machine == "aarch64"
    assert {"boto3/__init__.py", "click/__init__.py"} <= names
    assert "msgspec" in {pin.partition("==")[0] for pin in fetched}
    assert set(fetched) < set(pins())


def test_same_sources_give_the_same_bytes(other: Path, tmp_path: Path) -> None:
    build(tmp_path / "again.zip", "aarch64", stub)
    assert (tmp_path / "again.zip").read_bytes() == other.read_bytes()


def test_key_names_version_processor_and_content() -> None:
    arm, intel = artifact_key("aarch64"), artifact_key("x86_64")
    assert arm.startswith(f"artifacts/billdrop-{billdrop.__version__}-aarch64-")
    assert arm != intel
    assert arm == artifact_key("aarch64")


RUNS = {
    "py3-none-any": True,
    "cp311-cp311-manylinux_2_17_x86_64": True,
    "cp311-cp311-manylinux2014_x86_64": True,
    "cp311-cp311-manylinux_2_34_x86_64": True,
    "cp38-abi3-manylinux_2_28_x86_64": True,
    "cp311-abi3-manylinux_2_28_x86_64": True,
    "py3-none-manylinux_2_17_x86_64": True,
    "cp312-abi3-manylinux_2_28_x86_64": False,
    "cp312-cp312-manylinux_2_17_x86_64": False,
    "cp311-cp311-manylinux_2_35_x86_64": False,
    "cp311-cp311-manylinux_2_17_aarch64": False,
    "cp311-cp311-musllinux_1_2_x86_64": False,
    "cp311-cp311-linux_x86_64": False,
    "cp311-cp311-macosx_11_0_arm64": False,
    "cp311-cp311-win_amd64": False,
    "py2-none-any": False,
}


@pytest.mark.parametrize("tag", RUNS)
def test_wheel_that_runs_on_the_workers_is_told_by_its_tag(tag: str) -> None:
    assert runs(tag, "x86_64") is RUNS[tag]


def test_package_that_cannot_be_had_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be packed for x86_64"):
        install_pinned(["billdrop @ file:///nowhere/billdrop.whl"], tmp_path, "x86_64")


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or sys.platform != "linux",
    reason="the workers run Python 3.11 on Linux; only there what they run can be started here",
)
def test_what_is_packed_starts_with_nothing_beside_it(tmp_path: Path) -> None:
    import platform

    machine: Any = platform.machine()
    build(tmp_path / "a.zip", machine)
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        file.extractall(tmp_path / "program")
    run = subprocess.run(
        [os.path.realpath(sys.executable), "-P", "-S", "-m", "billdrop", "--version"],
        env={"PYTHONPATH": str(tmp_path / "program"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == f"billdrop {billdrop.__version__}", run.stderr
