"""What the workers run: the installed program and its dependencies at the versions installed here, as one zip."""

import hashlib
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution, requires
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import billdrop
from billdrop.errors import ConfigurationError

Machine = Literal["aarch64", "x86_64"]

PYTHON = "3.11"
"""The Python of the workers, a package of Amazon Linux 2023."""

GLIBC = (17, 34)
"""The versions 2.x of the C library whose wheels run there; it has the newest of them."""

FORMAT = 1
"""Changes when the same sources are to become another zip."""

LEVEL = 3
"""How hard it is compressed: half the time of the default, a twentieth larger."""

Install = Callable[[Sequence[str], Path, Machine], None]
"""Puts the named packages for such a machine into a folder."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_THEN = (1980, 1, 1, 0, 0, 0)


def pins() -> list[str]:
    """`name==version` of everything that the program needs, as it is installed here."""
    found: dict[str, str] = {}
    waiting = ["billdrop"]
    while waiting:
        name = waiting.pop()
        for needed in _needs(name):
            if needed not in found and (version := _version(needed)):
                found[needed] = version
                waiting.append(needed)
    return sorted(f"{name}=={version}" for name, version in found.items())


def _needs(name: str) -> Iterator[str]:
    for text in requires(name) or ():
        requirement, _, marker = text.partition(";")
        match = _NAME.match(requirement)
        if match and "extra" not in marker:
            yield match.group().lower().replace("_", "-")


def _version(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None


def artifact_key(machine: Machine) -> str:
    """The key of the zip, known before it is built: it follows from what goes into it."""
    digest = hashlib.sha256(f"{FORMAT} {machine} {PYTHON} {pins()}".encode())
    for name, file in _sources():
        digest.update(f"\0{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return f"artifacts/billdrop-{billdrop.__version__}-{machine}-{digest.hexdigest()[:16]}.zip"


def build(path: Path, machine: Machine, install: "Install | None" = None) -> None:
    """
    Write the zip; the same sources and packages give the same bytes.

    What is installed here and runs there is taken as it is; the rest is fetched for the machine.
    """
    here = {pin: list(_here(pin.partition("==")[0], machine)) for pin in pins()}
    with TemporaryDirectory() as folder:
        fetched = Path(folder)
        (install or install_pinned)([pin for pin in here if not here[pin]], fetched, machine)
        named = [each for files in here.values() for each in files]
        named += [(each.relative_to(fetched).as_posix(), each) for each in fetched.rglob("*")]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, source in sorted([*named, *_sources()]):
                if _travels(name, source):
                    file.writestr(_entry(name), source.read_bytes(), compresslevel=LEVEL)


def _here(name: str, machine: Machine) -> Iterator[tuple[str, Path]]:
    """The files of an installed package, if its wheel is one for the machine too."""
    package = distribution(name)
    wheel = package.read_text("WHEEL") or ""
    if any(runs(tag, machine) for tag in re.findall(r"^Tag: (\S+)$", wheel, re.MULTILINE)):
        for file in package.files or ():
            yield file.as_posix(), Path(str(package.locate_file(file)))


def runs(tag: str, machine: Machine) -> bool:
    """Whether a wheel with this tag runs on the Python of the workers."""
    python, abi, platform = tag.split("-")
    minor, oldest = int(PYTHON.partition(".")[2]), re.fullmatch(r"cp3(\d+)", python)
    fits = python in {"py3", f"cp3{minor}"} and abi in {"none", f"cp3{minor}"}
    stable = abi == "abi3" and oldest is not None and int(oldest[1]) <= minor
    glibc = re.fullmatch(rf"manylinux(?:_2_(\d+)|2014|2010|1)_{machine}", platform)
    there = glibc is not None and int(glibc[1] or 0) <= GLIBC[1]
    return (fits or stable) and (platform == "any" or there)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    return entry


def _sources() -> list[tuple[str, Path]]:
    """The files of the program itself, as they are installed here."""
    root = Path(billdrop.__file__).parent
    named = [(f"billdrop/{each.relative_to(root).as_posix()}", each) for each in root.rglob("*")]
    return sorted(each for each in named if _travels(*each))


def _travels(name: str, file: Path) -> bool:
    """Not compiled modules, nor scripts, nor what lies outside of the packages."""
    parts = name.split("/")
    return file.is_file() and "__pycache__" not in parts and parts[0] not in {"..", "bin"}


def install_pinned(packages: Sequence[str], folder: Path, machine: Machine) -> None:
    """By pip or uv; wheels only, so nothing is compiled or run."""
    if not packages:
        return
    with TemporaryDirectory() as aside:
        command = [
            *_installer(Path(aside), machine),
            "--quiet",
            "--no-deps",
            "--target",
            str(folder),
        ]
        command += ["--python-version", PYTHON, "--only-binary", ":all:", *packages]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ConfigurationError(
            f"the program cannot be packed for {machine}: {''.join(said)}",
            hint="check the connection to the package index, then run this again",
        )


def _installer(aside: Path, machine: Machine) -> list[str]:
    """The pip of this Python; where it has none, uv, or a pip in a folder aside."""
    oldest, newest = GLIBC
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, oldest - 1, -1)]
    platforms.append(f"manylinux2014_{machine}")
    wanted = [part for platform in platforms for part in ("--platform", platform)]
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--implementation", "cp", *wanted]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python-platform", f"{machine}-manylinux_2_28"]
    try:
        venv.create(aside / "pip", with_pip=True)
    except subprocess.CalledProcessError as error:
        raise ConfigurationError(
            "neither pip nor uv is there to pack the program for the workers",
            hint="`python -m ensurepip` brings pip",
        ) from error
    pip = str(aside / "pip" / "bin" / "pip")
    return [pip, "install", "--implementation", "cp", *wanted]
