"""Versions, compared as the host's own package manager compares them."""

from univers.versions import DebianVersion, InvalidVersion, RpmVersion

_DEBIAN = ("ubuntu", "debian")


def reaches(installed: str, fixed: str, platform: str = "") -> bool | None:
    """Tell whether `installed` is `fixed` or newer (epoch, version, release); None where that cannot be told.

    `platform` is the name Systems Manager gives the system: Debian's and Ubuntu's versions have rules of their own.
    """
    try:
        if platform.lower().startswith(_DEBIAN):
            return bool(DebianVersion(installed) >= DebianVersion(fixed))
        return bool(RpmVersion(installed) >= RpmVersion(fixed))
    except (InvalidVersion, ValueError):
        return None
