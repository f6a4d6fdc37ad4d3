"""`python -m foreign.javascript_sdk`: have AWS's SDK for JavaScript walk a simulated world over HTTP.

npm installs it as `javascript/package-lock.json` says, into build/foreign.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from .moto_source import BUILD
from .served import served

SOURCE = Path(__file__).with_name("javascript")
FOLDER = BUILD / "javascript"


def main() -> int:
    """Install and walk; return 0 if everything is as AWS documents it. Node.js and npm must be there."""
    node, npm = shutil.which("node") or "node", shutil.which("npm") or "npm"
    shutil.copytree(SOURCE, FOLDER, dirs_exist_ok=True)
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=True)  # noqa: S603
    with served("postpatch.simulator", "--world", "workshop") as address:
        return subprocess.run([node, "--no-warnings", "walk.mjs", address], cwd=FOLDER, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
