"""From the calls of the rehearsals to policies, and the page that explains them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from .actions import (
    ACTIONS,
    BESIDE,
    EVERYTHING,
    FETCH,
    NOTIFY,
    PASS_ROLE,
    RESCAN,
    START_VM_SCANNER,
    STORE,
    TAGGING,
    Beside,
    Grant,
    Read,
    Write,
)
from .runs import BASELINE, CLEANUP, READ_ONLY, VERIFY

# Needs no permission (STS API reference, GetCallerIdentity).
FREE = frozenset({"sts:GetCallerIdentity"})
# Statements whose Sid begins so rest on AWS's documents; the simulation can prove nothing about them.
NOT_PROVED = "NotProved"
OPTIONAL = "Optional"  # of these too, and a run needs none of them
_FOR = {
    READ_ONLY: "`pytest -m verify --aws live --read-only`",
    VERIFY: "`pytest -m verify --aws live`",
    BASELINE: "`pytest -m baseline --aws live`",
    CLEANUP: "`python -m postpatch cleanup --yes`",
}
_CUSTOM_ROLE = "custom-role.json"
_NOTIFY = "notify.json"
_RESCAN = "rescan.json"
_TAGGING = "tagging.json"
_VM_SCANNER = "vm-scanner.json"
_STORE = "store.json"
_FETCH = "fetch.json"
Calls = Mapping[str, frozenset[str]]


def files(calls: Calls) -> dict[str, str]:
    """Return the content of each file in iam/ that is made, by its name; `calls` are those of each mode.

    ValueError for a call of which nobody has written down what it is for.
    """
    if unknown := sorted(set().union(*calls.values()) - ACTIONS.keys() - FREE):
        raise ValueError(f"iam/actions.py does not say what these are for: {', '.join(unknown)}")
    written = {f"{mode}.json": _json(policy(calls[mode])) for mode in _FOR}
    beside = {
        _CUSTOM_ROLE: (PASS_ROLE,),
        _NOTIFY: NOTIFY,
        _RESCAN: (RESCAN,),
        _TAGGING: TAGGING,
        _VM_SCANNER: (START_VM_SCANNER,),
        _STORE: STORE,
        _FETCH: FETCH,
    }
    written |= {name: _json(policy_of(some)) for name, some in beside.items()}
    return written | {"README.md": "\n".join(_page(calls))}


def policy(calls: Iterable[str]) -> dict[str, Any]:
    """Return the policy that allows `calls`, and what AWS asks for beside them."""
    needed = sorted(frozenset(calls) - FREE)
    granted: dict[str, tuple[Grant, list[str]]] = {}
    for name in needed:
        for grant in _grants(ACTIONS[name]):
            granted.setdefault(grant.sid, (grant, []))[1].append(name)
    statements = [_granted(grant, names) for _, (grant, names) in sorted(granted.items(), key=_reads_first)]
    statements += [_not_proved(beside) for beside in BESIDE if beside.needed_by in needed]
    return _policy(statements)


def policy_of(some: Iterable[Beside]) -> dict[str, Any]:
    """Return the policy that allows some actions that no rehearsal of a mode calls."""
    return _policy([_not_proved(one) for one in some])


def proved(document: Mapping[str, Any], without: Collection[str] = ()) -> dict[str, Any]:
    """Return the part of a policy that the simulation can prove something about, perhaps without some actions."""
    kept = [row for row in document["Statement"] if not row["Sid"].startswith((NOT_PROVED, OPTIONAL))]
    shortened = [row | {"Action": [action for action in row["Action"] if action not in without]} for row in kept]
    return dict(document) | {"Statement": [row for row in shortened if row["Action"]]}


def _grants(action: Read | Write) -> tuple[Grant, ...]:
    if isinstance(action, Write):
        return action.grants
    return (Grant("Look" if action.resources == EVERYTHING else "LookAt", action.resources),)


def _reads_first(row: tuple[str, tuple[Grant, list[str]]]) -> tuple[bool, str]:
    return not row[0].startswith("Look"), row[0]


def _granted(grant: Grant, actions: list[str]) -> dict[str, Any]:
    # What is only looked at stands in one statement; an action there concerns the resources of its own kind alone.
    kinds = {arn for name in actions for one in _grants(ACTIONS[name]) if one.sid == grant.sid for arn in one.resources}
    condition = {"Condition": grant.condition} if grant.condition else {}
    return _statement(grant.sid, actions, sorted(kinds)) | condition


def _statement(sid: str, actions: list[str], resources: Iterable[str]) -> dict[str, Any]:
    arns = list(resources)
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": arns[0] if len(arns) == 1 else arns}


def _not_proved(beside: Beside) -> dict[str, Any]:
    sid = (OPTIONAL if beside.optional else NOT_PROVED) + beside.action.partition(":")[2]
    condition = {"Condition": beside.condition} if beside.condition else {}
    return _statement(sid, [beside.action], beside.resources) | condition


def _policy(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _page(calls: Calls) -> Iterator[str]:
    yield "# The IAM policies that the suite needs"
    yield ""
    yield "<!-- Written by `python -m iam.generate`, like the policies. Change iam/actions.py, not this. -->"
    yield ""
    yield "| policy | for |"
    yield "|---|---|"
    for mode, command in _FOR.items():
        yield f"| [{mode}.json]({mode}.json) | {command} |"
    yield f"| [{_CUSTOM_ROLE}]({_CUSTOM_ROLE}) | beside verify.json, if `[task] service_role` names a role of yours |"
    yield f"| [{_NOTIFY}]({_NOTIFY}) | beside verify.json, with `[notify] topic` or `security_hub` |"
    yield f"| [{_RESCAN}]({_RESCAN}) | beside verify.json, with `[patching] rescan = true` |"
    yield f"| [{_TAGGING}]({_TAGGING}) | beside verify.json, only if AWS refuses to create without it |"
    yield f"| [{_VM_SCANNER}]({_VM_SCANNER}) | beside verify.json, with `[inspector] start_vm_scanner = true` |"
    yield f"| [{_STORE}]({_STORE}) | beside these, with `--store`; alone for `postpatch evidence store` |"
    yield f"| [{_FETCH}]({_FETCH}) | `postpatch gather`, `history` and `evidence` of `s3://…` |"
    yield ""
    yield "Each allows the calls that the suite was seen to make in that mode, and no other."
    yield "The embedded AWS enforces them in the tests: the suite passes with exactly these permissions,"
    yield "and where one of them is missing the run ends with an error that names it."
    yield "`s3:GetObject` alone may be missing: what a patch policy held back is then not explained, and the report"
    yield "says why."
    yield ""
    yield "- What changes something is allowed on the kinds of resource that it concerns, and reads are where the"
    yield "  embedded AWS knows the resource of a request; the other reads are allowed on every resource."
    yield "- Windows and CIS scan configurations can only be created with the tag `created-by` = `postpatch`, and only"
    yield "  what carries it can be changed or deleted. Without `tagging.json` nobody can mark with these policies what"
    yield "  exists already; whether AWS creates with tags without it, AWS does not say. Attach it only if it refuses."
    yield "- Anyone who may register a task in a window can run commands as root on the window's targets."
    yield "  Once the window exists, give a pipeline `read-only.json`; keep `verify.json` for who sets it up."
    yield "- A policy reaches no further than its own account; put your account and Region in the place of the two `*`"
    yield "  of an ARN to narrow it, and another partition in the place of `aws` where yours is another."
    yield "  Which kinds those are is AWS's Service Authorization Reference; that AWS checks them is not proved here."
    yield f"- Statements whose `Sid` begins with `{NOT_PROVED}` rest on AWS's documents."
    yield "  No simulation can prove them; the last table has the source of each."
    yield f"- Statements whose `Sid` begins with `{OPTIONAL}` may be left out."
    yield f"- `{_STORE}` and `{_FETCH}` hold a placeholder: write the name of your bucket. If a key of KMS encrypts it,"
    yield "  allow `kms:GenerateDataKey` on that key to who stores, and `kms:Decrypt` to who reads."
    yield f"- `{_CUSTOM_ROLE}` and `{_NOTIFY}` hold placeholders: write the ARN of your role, and of your topic."
    yield "- `sts:GetCallerIdentity` needs no permission."
    yield "- Inspector Classic has ended, so no policy is made for it."
    yield ""
    yield "## Shown by the rehearsals"
    yield ""
    yield "| action | " + " | ".join(_FOR) + " | what for | on |"
    yield "|---|" + "---|" * len(_FOR) + "---|---|"
    for name in sorted(set().union(*calls.values()) - FREE):
        action = ACTIONS[name]
        marks = ("yes" if name in calls[mode] else "" for mode in _FOR)
        resources = action.resources if isinstance(action, Write) else EVERYTHING
        yield _row(f"`{name}`", *marks, action.why, _told(resources))
    yield ""
    yield "## Not proved here"
    yield ""
    yield "| action | beside | what for | on | source |"
    yield "|---|---|---|---|---|"
    for beside in (*BESIDE, PASS_ROLE, *NOTIFY, RESCAN, START_VM_SCANNER, *TAGGING, *STORE, *FETCH):
        yield _row(f"`{beside.action}`", f"`{beside.needed_by}`", beside.why, _told(beside.resources), beside.source)
    yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _told(resources: Iterable[str]) -> str:
    return ", ".join(f"`{arn}`" for arn in resources)
