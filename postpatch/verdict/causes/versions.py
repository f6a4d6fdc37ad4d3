"""Compare versions as the host's own package manager does."""

from univers.versions import DebianVersion, InvalidVersion, RpmVersion

DPKG_SYSTEMS = ("ubuntu", "debian")


def reaches(installed: str, fixed: str, platform: str = "") -> bool | None:
    """Return whether `installed` is `fixed` or newer (epoch, version, release); None if they cannot be compared.

    `platform` is Systems Manager's name of the operating system: Debian and Ubuntu compare versions by their own rules.
    """
    try:
        if platform.lower().startswith(DPKG_SYSTEMS):
            return bool(DebianVersion(installed) >= DebianVersion(fixed))
        return bool(RpmVersion(installed) >= RpmVersion(fixed))
    except (InvalidVersion, ValueError):
        return None
