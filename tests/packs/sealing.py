"""The evidence packs of earlier versions: where they are, and a sealed copy of one."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON, PackManifest, seal
from postpatch.evidence.request import REQUEST, RunRequest

PACKS = Path(__file__).resolve().parent
ALL = tuple(sorted(f"{pack.parent.name}/{pack.name}" for pack in PACKS.glob("*/*") if pack.is_dir()))


def sealed(name: str, folder: Path) -> Path:
    """Return a copy of the pack `VERSION/NAME` in `folder`, with the manifest that a run writes last."""
    pack = folder / "pack"
    shutil.copytree(PACKS / name, pack)
    return seal_again(pack)


def seal_again(pack: Path) -> Path:
    """Write the manifest of the pack that stands in a folder, from what its files say of the run; return the folder."""
    request: RunRequest = read_kept(pack / EVIDENCE / REQUEST, RunRequest)
    verdict = read(pack)
    about = PackManifest(
        tool=request.tool,
        run=request.id,
        mode=request.mode,
        stage=request.stage,
        verdict=verdict["verdict"],
        started_at=request.started_at,
        finished_at=datetime.fromisoformat(verdict["finished_at"]),
    )
    seal(pack, [VERDICT_JSON, *(f"{EVIDENCE}/{path.name}" for path in (pack / EVIDENCE).iterdir())], about)
    return pack


def read(pack: Path) -> dict[str, Any]:
    """Return what the pack's `verify.json` holds."""
    document: dict[str, Any] = json.loads((pack / VERDICT_JSON).read_text(encoding="utf-8"))
    return document


def rewrite(pack: Path, document: dict[str, Any]) -> None:
    """Put another `verify.json` into a pack, and seal it again."""
    (pack / VERDICT_JSON).write_text(json.dumps(document), encoding="utf-8")
    seal_again(pack)
