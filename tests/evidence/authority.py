"""A time stamp authority of the test's own: `openssl ts`, behind HTTP on loopback."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
[stamping]
extendedKeyUsage = critical, timeStamping
"""


def _openssl(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """Run one command of openssl in a folder, for a minute at most, and return what it prints."""
    ran = subprocess.run(["openssl", *words], cwd=folder, input=given, capture_output=True, timeout=60, check=False)  # noqa: S603, S607
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


class Authority:
    """An authority in a folder: `root` is the file of its certificate, by which its stamps are verified."""

    def __init__(self, folder: Path, name: str = "Stamps for tests") -> None:
        folder.mkdir()
        self.root = folder / "ca.pem"
        self._folder = folder
        (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder), encoding="utf-8")
        (folder / "serial").write_text("01\n", encoding="utf-8")
        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        subject = f"/CN={name}"
        _openssl(
            folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9", "-subj", f"{subject} CA"
        )
        _openssl(folder, "req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", subject)
        by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9")
        _openssl(
            folder,
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            *by,
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "stamping",
            "-out",
            "tsa.pem",
        )

    def answer(self, query: bytes) -> bytes:
        """Answer one request for a time stamp."""
        (self._folder / "query").write_bytes(query)
        _openssl(
            self._folder,
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "ours",
            "-queryfile",
            "query",
            "-out",
            "reply",
        )
        return (self._folder / "reply").read_bytes()

    def agrees(self, stamp: Path, content: Path) -> str:
        """Return what `openssl ts -verify` says of a stamp of a file."""
        words = ("ts", "-verify", "-data", str(content), "-in", str(stamp), "-CAfile", "ca.pem")
        return _openssl(self._folder, *words).decode()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve it on a free port of loopback, and yield its address."""
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/tsr"
            server.shutdown()
