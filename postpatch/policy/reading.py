"""Read a TOML file into its sections, and report everything that is wrong with it at once."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from postpatch.errors import BadPolicy, did_you_mean
from postpatch.policy.section import SECRET, Section

_QUOTED = re.compile(r"'([^']+)'")  # each value that pydantic names as expected
_LARGEST = 16 * 1024 * 1024  # bytes: a policy in a pack may be anybody's
_Whole = TypeVar("_Whole", bound=Section)


def read_toml(path: Path, advice: str) -> dict[str, Any]:
    """Return what the file at `path` holds; BadPolicy if it cannot be read, with `advice` if there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise BadPolicy(f"{path}: has more than {_LARGEST:,} bytes")
        return tomllib.loads(content.decode().replace("\r\n", "\n"))
    except FileNotFoundError as error:
        raise BadPolicy(f"{advice}: there is no {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path}: cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        # Python reads no integer of thousands of digits, and no thousands of lists in each other.
        raise BadPolicy(f"{path}: is not TOML: {error}") from error


def validated(
    whole: type[_Whole], document: dict[str, Any], path: Path, beside: Sequence[str] = (), *, called: str = "the policy"
) -> _Whole:
    """Return a document as its sections; BadPolicy lists each of its problems with its key, then those of `beside`.

    `path` is the file that it was read from, `called` what the file is in words.
    """
    problems, valid = [*beside], None
    try:
        valid = whole.model_validate(document)
    except ValidationError as error:
        found = (f"{_key(one['loc'])}: {_words(one, document, whole, called)}" for one in error.errors())
        problems = [*found, *problems]
    if problems or valid is None:
        raise BadPolicy("\n".join(f"{path}: {problem}" for problem in problems))
    return valid


def _key(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _words(problem: Any, document: dict[str, Any], whole: type[BaseModel], called: str) -> str:
    if problem["type"] == "extra_forbidden":
        *section, given = problem["loc"]
        return f"is not a key of {called}.{did_you_mean(str(given), _absent_keys(section, document, whole))}"
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == SECRET:
        return str(problem["msg"])
    if problem["type"] == "date_type":
        return f"must be a date, written without quotes: 2026-12-31 (found {problem['input']!r})"
    found = f"{problem['msg']} (found {problem['input']!r})" if "input" in problem else str(problem["msg"])
    choices = _QUOTED.findall(str(problem.get("ctx", {}).get("expected", "")))
    return found + did_you_mean(str(problem.get("input", "")), choices)


def _absent_keys(section: list[int | str], document: dict[str, Any], whole: type[BaseModel]) -> set[str]:
    # The keys of the section in which an unknown one was found, but for those that are there already.
    model: type[BaseModel] = whole
    given: Any = document
    for part in section:
        given = given[part]
        if isinstance(part, str):
            model = _section_of(model, part)
    return set(model.model_fields) - set(given)


def _section_of(model: type[BaseModel], key: str) -> type[BaseModel]:
    kinds = [model.model_fields[key].annotation]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        kinds += get_args(kind)
    return Section
