"""An HTTPS server of the test's own, on loopback, that keeps what is posted to it and answers as it is told."""

import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Listener:
    """`posted` are the path, headers and JSON of each request; `status` and `drips` say how the next is answered."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.posted: list[tuple[str, dict[str, str], Any]] = []
        self.status = 200
        self.location = ""
        self.drips = threading.Event()  # while set, an answer never ends


@contextmanager
def listening(folder: Path) -> Iterator[Listener]:
    """Serve on loopback, with a certificate of its own in `folder`, `cert.pem`."""
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 9"
    more = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", *words.split(), *more], cwd=folder, capture_output=True, timeout=60, check=True)  # noqa: S603, S607
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    listener = Listener("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.posted.append((self.path, headers, json.loads(self.rfile.read(length))))
            while listener.drips.is_set():
                self.wfile.write(b"H")
                time.sleep(0.05)
            self.send_response(listener.status)
            if listener.location:
                self.send_header("Location", listener.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    listener.address = f"https://localhost:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield listener
    finally:
        listener.drips.clear()
        server.shutdown()
        server.server_close()
