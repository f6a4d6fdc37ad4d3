"""pytest's entry point: register the suite's plugins where a run is one of the suite's, and do nothing elsewhere.

Whoever installed postpatch runs other projects' tests in the same environment. There nothing is declared, registered
or imported: no option, no marker, no fixture. A run is one of the suite's

- where `postpatch verify` or `postpatch baseline` began it (`postpatch.active`),
- for `-m verify` and `-m baseline` in a folder with a policy, `verify.toml` with `[scope]`, that names no other tests,
- where `--aws`, `--world` or `--evidence` is given in a folder without tests of its own.

In a clone its own conftest.py registers them, unless pytest took a file on the command line for its root folder.
"""

import argparse
import copy
import importlib
import re
import sys
import tomllib
from pathlib import Path

import pytest

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_suite"
# Where fixtures/ and tests_verify/ are, and how the former is imported.
SUITE, _FIXTURES = (
    (_INSTALLED, "postpatch._suite.fixtures") if (_INSTALLED / "fixtures").is_dir() else (_PACKAGE.parent, "fixtures")
)
_CHECKS = "tests_verify"
_MARKS = {"verify", "baseline"}
# These say by themselves that a run is ours; nobody types one of the others alone.
_TELLING = ("--aws", "--world", "--evidence")
# What pytest.ini says in a clone. Installed, nothing pins what we depend on: a warning of theirs must break no check.
_DEFAULTS = ("--strict-markers", "--tb=short", "--import-mode=importlib")
_WARNINGS = "default"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Make the run one of the suite's if it is meant to be, before any conftest.py is loaded."""
    if _is_meant(early_config, args) and not _taken(early_config):
        activate(early_config, parser, args)


def activate(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Register the suite's plugins, each once, and have the checks collected if no test is named.

    UsageError if another plugin has an option of the same name.
    """
    folder = config.invocation_params.dir
    clone = _clone_around(folder)
    if clone == config.rootpath:
        return  # its conftest.py registers them
    if clone not in (None, SUITE):
        _switch_to(clone, config, parser, args)
        return
    if config.pluginmanager.has_plugin(f"{_FIXTURES}.options"):
        return
    if taken := _taken(config):
        raise pytest.UsageError(f"another plugin of pytest has {' and '.join(taken)} too: leave it out with -p no:NAME")
    if SUITE != _INSTALLED and str(SUITE) not in sys.path:
        sys.path.insert(0, str(SUITE))
    config.pluginmanager.import_plugin("html", consider_entry_points=True)  # the report is made of it
    for name in importlib.import_module(_FIXTURES).PLUGINS:
        config.pluginmanager.import_plugin(f"{_FIXTURES}.{name}")
    config.addinivalue_line("filterwarnings", _WARNINGS)
    args[:0] = _DEFAULTS
    _set_root(config, clone or folder)
    _name_checks(config, parser, args)


def _is_meant(config: pytest.Config, args: list[str]) -> bool:
    known = config.known_args_namespace
    folder = config.invocation_params.dir
    telling = any(word.partition("=")[0] in _TELLING for word in args)
    marked = _marks(known.markexpr) and bool(_clone_around(folder) or _holds_policy(folder))
    if not (telling or marked):
        return False
    from postpatch.run.options import positions

    named = positions(args, known.file_or_dir)
    foreign = [path for path in named if not path.startswith(_CHECKS)] or _testpaths(config)
    return (marked and not foreign) or (telling and not _has_conftest(config, named))


def _marks(expression: str) -> bool:
    selected = re.sub(r"\bnot\s*(\([^)]*\)|\w+)", "", expression or "")
    return not _MARKS.isdisjoint(re.findall(r"\w+", selected))


def _holds_policy(folder: Path) -> bool:
    try:
        return "scope" in tomllib.loads((folder / "verify.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _testpaths(config: pytest.Config) -> list[str]:
    # pytest reads them in its root folder alone. Those of a clone are our own.
    folder = config.invocation_params.dir
    return config.getini("testpaths") if folder == config.rootpath and not _clone_around(folder) else []


def _has_conftest(config: pytest.Config, named: list[str]) -> bool:
    """Tell whether pytest would load a conftest.py, which may declare the same options as we do."""
    folder = config.invocation_params.dir
    if _clone_around(folder):
        return False
    places = [folder / path.split("::")[0] for path in named or _testpaths(config)] or [folder]
    root = config.rootpath
    above = [parent for parent in folder.parents if parent == root or root in parent.parents]
    return any((place / "conftest.py").exists() for place in (*places, folder, *above)) or any(
        any(place.glob("test*/conftest.py")) for place in places
    )


def _taken(config: pytest.Config) -> list[str]:
    """Return those of the suite's options that another plugin has declared."""
    if config.pluginmanager.has_plugin(f"{_FIXTURES}.options"):
        return []
    from postpatch.run.options import OPTIONS, destination

    return [option for option in OPTIONS if hasattr(config.known_args_namespace, destination(option))]


def _clone_around(folder: Path) -> Path | None:
    files = ("conftest.py", "fixtures/options.py", "postpatch/plugin.py", _CHECKS)
    return next((one for one in (folder, *folder.parents) if all((one / file).exists() for file in files)), None)


def _switch_to(clone: Path, config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Have a clone judge by its own code, not by the package that is installed beside it."""
    sys.path.insert(0, str(clone))
    for name in [name for name in sys.modules if name == "postpatch" or name.startswith("postpatch.")]:
        del sys.modules[name]
    importlib.import_module("postpatch.plugin").activate(config, parser, args)


def _set_root(config: pytest.Config, folder: Path) -> None:
    # pytest took a file for a folder of tests (`--baseline FILE`) before it knew our options: its root folder, where it
    # keeps its cache, is then that file's. It offers no other way to say so.
    ini = config.inipath
    if ini is None or (ini.parent != folder and ini.parent not in folder.parents):
        config._rootpath = folder


def _name_checks(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Name the checks if no test is named, wherever they are, and load no conftest.py of a folder above them."""
    named = _parsed(config, parser, args).file_or_dir
    for word in [word for word in named if word.startswith(_CHECKS)]:
        if not (config.invocation_params.dir / word.split("::")[0]).exists():
            args[args.index(word)] = str(SUITE / word)
    if not named:
        args.insert(0, str(SUITE / _CHECKS))
    config.known_args_namespace = known = _parsed(config, parser, args)
    if all(path.startswith(str(SUITE / _CHECKS)) for path in known.file_or_dir):
        known.confcutdir = str(SUITE / _CHECKS)


def _parsed(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> argparse.Namespace:
    return parser.parse_known_args(args, namespace=copy.copy(config.option))
