"""`[scope] hybrid = "only"`: which sections and keys such a policy does not have, for they concern findings."""

from collections.abc import Iterator
from typing import Any

from postpatch.model import Engine
from postpatch.policy.scope import ONLY

_SECTIONS = ("image", "deadline", "gate", "waiver")
# Keys with the value that changes nothing, which is the default.
_KEYS = {
    ("scope", "replaced_by_image"): None,
    ("scope", "leave_out_warm_pools"): False,
    ("patching", "rescan"): False,
    ("patching", "evidence"): "patch-manager",
    ("inspector", "engine"): Engine.V2.value,
}


def of_findings(document: dict[str, Any]) -> Iterator[str]:
    """Yield a problem, with its key, for each section or key about findings in a policy of hybrid nodes alone.

    Inspector scans no hybrid node, so that what such a key asks for would never be judged. `document` is what the
    policy's file holds, valid or not.
    """
    scope = document.get("scope")
    if not isinstance(scope, dict) or scope.get("hybrid") != ONLY:
        return
    why = f'leave it out: [scope] hybrid = "{ONLY}" judges hybrid nodes alone, of which Inspector has no findings'
    yield from (f"{name}: {why}" for name in _SECTIONS if document.get(name))
    for (section, key), default in _KEYS.items():
        found = document.get(section)
        if isinstance(found, dict) and found.get(key, default) != default:
            yield f"{section}.{key}: {why}"
