"""`--roles FILE`: the roles that a run assumes before it asks AWS anything."""

from pathlib import Path

from postpatch.errors import BadPolicy
from postpatch.model import Mode
from postpatch.policy.role import RolesPolicy, load_roles


def roles_to_assume(path: Path | None, mode: Mode, problems: list[str]) -> RolesPolicy | None:
    """Return the roles in the file at `path`, or None where no file was named; what is wrong goes into `problems`."""
    if path is None:
        return None
    if mode is not Mode.LIVE:
        problems.append("--roles names roles of AWS to assume: it goes with --aws live alone")
    try:
        return load_roles(path)
    except BadPolicy as error:
        problems.append(str(error))
    return None
