"""A server that takes what a run sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.listener import Listener, listening


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Return an HTTPS server on loopback, whose certificate is trusted; no proxy is asked."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with listening(tmp_path) as found:
        yield found
