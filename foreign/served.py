"""The simulated AWS in a process of its own, for a client that knows nothing of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_EXPORT = "export AWS_ENDPOINT_URL="


@contextmanager
def served(module: str, *options: str) -> Iterator[str]:
    """Serve by a module (`python -m MODULE`) on a free port of loopback, and give the address until the block ends.

    RuntimeError if the module ends before it has said its address.
    """
    command = [sys.executable, "-m", module, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own server
        try:
            lines = (line.strip() for line in process.stdout or ())
            address = next((line.removeprefix(_EXPORT) for line in lines if line.startswith(_EXPORT)), "")
            if not address:
                raise RuntimeError(f"{module} did not serve; its own words are above")
            yield address
        finally:
            process.terminate()
