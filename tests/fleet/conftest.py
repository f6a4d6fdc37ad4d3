"""Packs of a fleet: sealed copies of those of an earlier version, each in the folder of a target."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.evidence.pack import EVIDENCE
from postpatch.fleet.expected import VERIFY, Expected, ExpectedTarget, keep_expected
from postpatch.fleet.nodes import ListedHost
from postpatch.fleet.targets import Listed
from tests.packs.sealing import PACKS, seal_again

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def target(account: str = "111111111111", region: str = "us-east-1") -> ExpectedTarget:
    """Return a target by its place."""
    return ExpectedTarget(f"{account}_{region}", account, region)


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Return what puts the pack of a run, `VERSION/NAME`, into the folder of a target."""

    def made(one: ExpectedTarget, name: str = "0.1.0/workshop", folder: str = "fleet") -> Path:
        pack = tmp_path / folder / one.name
        shutil.copytree(PACKS / name, pack)
        policy = pack / EVIDENCE / "policy.toml"
        text = re.sub(r'(?m)^account = "\d+"', f'account = "{one.account}"', policy.read_text(encoding="utf-8"))
        policy.write_text(re.sub(r'(?m)^region = "[a-z0-9-]+"', f'region = "{one.region}"', text), encoding="utf-8")
        _agree(pack)
        return seal_again(pack)

    return made


@pytest.fixture
def expect(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes down the targets of a fleet; it returns the fleet's folder."""

    def made(
        *targets: ExpectedTarget,
        began_at: datetime = LONG_AGO,
        stage: str = "world workshop",
        unlisted: tuple[Listed, ...] = (),
        unmanaged: tuple[ListedHost, ...] | None = None,
        hosts_left_out: tuple[ListedHost, ...] = (),
        folder: str = "fleet",
    ) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        expected = Expected(VERIFY, began_at, stage, targets, (), unlisted, unmanaged, hosts_left_out)
        keep_expected(tmp_path / folder, expected)
        return tmp_path / folder

    return made


def _agree(pack: Path) -> None:
    # verify.json names the policy's sha256, which changed with its account.
    import json

    from postpatch.evidence.pack import VERDICT_JSON, sha256_of

    verdict = json.loads((pack / VERDICT_JSON).read_text(encoding="utf-8"))
    verdict["policy"]["sha256"] = sha256_of(pack / EVIDENCE / "policy.toml")
    (pack / VERDICT_JSON).write_text(json.dumps(verdict), encoding="utf-8")
