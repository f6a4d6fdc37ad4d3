"""The baseline override of a Quick Setup patch policy: what decided on its hosts, read from the policy's bucket in S3.

Format: Systems Manager user guide, "Using the BaselineOverride parameter": a JSON array with one baseline for each
operating system, of which each is botocore's shape BaselineOverride.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from postpatch.aws.patch_baselines import patch_baseline
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import HostOverride

_PLACE = re.compile(r"s3://(?P<bucket>aws-quicksetup-patchpolicy-[a-z0-9-]+)/(?P<key>baseline_overrides\.json)")
_LARGEST = 4 * 1024 * 1024


def host_overrides(
    connection: Connection, places: Mapping[str, str], systems: Mapping[str, str]
) -> tuple[HostOverride, ...]:
    """Return the override of each host, or why it is not known; each file is read once.

    `places` are the paths of the overrides by host, and `systems` the hosts' operating systems in AWS's words. Only
    files of Quick Setup are read.
    """
    read: dict[str, list[Any] | str] = {}
    for place in sorted(set(places.values())):
        try:
            read[place] = _entries(connection, place)
        except CouldNotCheck as error:
            read[place] = str(error)
    return tuple(_override(host, place, read[place], systems.get(host, "")) for host, place in sorted(places.items()))


def _entries(connection: Connection, place: str) -> list[Any]:
    match = _PLACE.fullmatch(place)
    if not match:
        raise CouldNotCheck("it is no baseline override of Quick Setup, so it was not read")
    with asking(f"for the baseline override {place}"):
        answer = connection.client("s3").get_object(Bucket=match["bucket"], Key=match["key"])
        content = answer["Body"].read(_LARGEST + 1)
    try:
        entries = json.loads(content) if len(content) <= _LARGEST else None
    except ValueError:
        entries = None
    if not isinstance(entries, list):
        raise CouldNotCheck(f"{place} is not a JSON array of baselines")
    return entries


def _override(host: str, place: str, read: list[Any] | str, system: str) -> HostOverride:
    if isinstance(read, str):
        return HostOverride(host, place, error=read)
    fitting = [one for one in read if isinstance(one, dict) and one.get("OperatingSystem") == system]
    if len(fitting) != 1:
        return HostOverride(host, place, error=f"{place} holds {len(fitting)} baselines for {system or 'its system'}")
    try:
        return HostOverride(host, place, patch_baseline(place, fitting[0]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return HostOverride(host, place, error=f"{place} is not what AWS documents: {error!r}")
