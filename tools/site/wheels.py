"""The wheels that Python in the browser needs: ours, the kernel's, and all that they want there. Fetched with pip, at
the versions of constraints.txt, so that what runs in the page is what the tests ran with."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.site.places import NotBuilt, pip, run

# Wanted by what we use, for things that no page does.
_NOT_THERE = {"pip"}
_PURE = "none-any"
NETWORK = "The first build needs a network; what is fetched is kept for the next."


class Wheel(NamedTuple):
    """A file that Python there can install, and the names of the wheels it wants."""

    path: Path
    name: str
    version: str
    wants: tuple[str, ...]


class Place(NamedTuple):
    """Where the wheels come from. `own`: those that lie here already, which go before all others; `versions`: of those
    to be fetched; `kept`: where they are kept between builds; `python`: the version there, such as `3.14`."""

    own: tuple[Path, ...]
    versions: dict[str, str]
    kept: Path
    python: str


def versions_of(constraints: str) -> dict[str, str]:
    """`name==version` lines, by canonical name."""
    pairs = (line.partition("#")[0].strip().partition("==") for line in constraints.splitlines())
    return {canonicalize_name(name): version for name, _, version in pairs if version}


def all_wanted(roots: Iterable[str], place: Place) -> list[Wheel]:
    """The wheels of these names and of all that they want, by name. NotBuilt: one could not be fetched."""
    found: dict[str, Wheel] = {}
    ahead: set[str] = {canonicalize_name(name) for name in roots}
    while ahead:
        _fetch([name for name in sorted(ahead) if _file_of(name, place) is None], place)
        found |= {name: _read(_there(name, place), place.python) for name in sorted(ahead)}
        ahead = {name for wheel in found.values() for name in wheel.wants} - set(found)
    return [found[name] for name in sorted(found)]


def lock_of(wheels: Iterable[Wheel], info: dict[str, str]) -> str:
    """The list from which Pyodide installs. `info`: what its own list says of Python and platform."""
    return json.dumps({"info": info, "packages": {wheel.name: _entry(wheel) for wheel in wheels}}, indent=1)


def _entry(wheel: Wheel) -> dict[str, Any]:
    return {
        "name": wheel.name,
        "version": wheel.version,
        "file_name": wheel.path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(_imports(wheel.path)),
        "depends": list(wheel.wants),
        "unvendored_tests": False,
    }


def _imports(path: Path) -> set[str]:
    """The top-level names that can be imported from it."""
    with zipfile.ZipFile(path) as wheel:
        tops = {name.split("/")[0].removesuffix(".py") for name in wheel.namelist() if name.endswith(".py")}
    return {top for top in tops if top.isidentifier()}


def _file_of(name: str, place: Place) -> Path | None:
    """The wheel of a name that is here: one of those given, or one that was kept, of the right version."""
    for path in [*place.own, *sorted(place.kept.glob(f"*{_PURE}.whl"))]:
        known, version, _, _ = parse_wheel_filename(path.name)
        if known == name and (path in place.own or str(version) == place.versions.get(name)):
            return path
    return None


def _there(name: str, place: Place) -> Path:
    path = _file_of(name, place)
    if path is None:
        raise NotBuilt(f"no wheel of {name} {place.versions[name]} was found for Python {place.python}")
    return path


def _fetch(names: list[str], place: Place) -> None:
    """Download wheels, and make those pure that have machine code."""
    unknown = [name for name in names if name not in place.versions]
    if unknown:
        raise NotBuilt(f"constraints.txt has no version of {', '.join(unknown)}")
    if not names:
        return
    wanted = [f"{name}=={place.versions[name]}" for name in names]
    print(f"fetching {', '.join(wanted)}", flush=True)
    command = pip("download", "--retries", "1", "--no-deps", "--only-binary=:all:", "--python-version", place.python)
    run([*command, "--dest", str(place.kept), *wanted], f"{', '.join(wanted)} could not be fetched with pip. {NETWORK}")
    for path in sorted(place.kept.glob("*.whl")):
        if not path.stem.endswith(_PURE):
            _made_pure(path)


def _made_pure(path: Path) -> None:
    """Make a wheel without its machine code, for packages that have the same in Python. NotBuilt: it has not."""
    pure = path.with_name("-".join([*path.stem.split("-")[:2], "py3", _PURE]) + ".whl")
    begun = pure.with_suffix(".part")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(begun, "w", zipfile.ZIP_DEFLATED) as target:
        names = [name for name in source.namelist() if not name.endswith((".so", ".pyd", ".dylib"))]
        if not any(name.endswith(".py") for name in names):
            raise NotBuilt(f"{path.name} is nothing without machine code")
        for name in names:
            target.writestr(name, source.read(name))
    begun.replace(pure)
    path.unlink()


def _read(path: Path, python: str) -> Wheel:
    name, version, _, _ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as wheel:
        [told] = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA") and each.count("/") == 1]
        headers = HeaderParser().parsestr(wheel.read(told).decode("utf-8"))
    return Wheel(path, name, str(version), tuple(sorted(_wants(headers.get_all("Requires-Dist") or [], python))))


def _wants(lines: list[str], python: str) -> Iterator[str]:
    """The names of those lines that hold in the browser."""
    there = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix", "extra": "",
             "python_version": python, "python_full_version": f"{python}.0"}  # fmt: skip
    for line in lines:
        wanted = Requirement(line)
        if (wanted.marker is None or wanted.marker.evaluate(there)) and wanted.name not in _NOT_THERE:
            yield canonicalize_name(wanted.name)
