"""A server of static pages in place of AWS: `python bench/server.py HOSTS [DELAY]`, on a free port of loopback.

It does as little as it can, so that its cost does not hide the suite's: a page is a rendered block with a host's id in
it. It checks no request. `DELAY` is in seconds, for each call; calls on several connections wait side by side.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from bench.answers import Answers

_JSON = "application/x-amz-json-1.1"
_XML = "text/xml"
_REFUSED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no such page</Message></Error></ErrorResponse>"


class Server:
    """The answers, how many calls there were of each operation, and how long at least one was being delayed."""

    def __init__(self, answers: Answers, delay: float) -> None:
        self.answers = answers
        self.delay = delay
        self.calls: Counter[str] = Counter()
        self.waiting = self._until = 0.0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after another."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(_length(head))
                self._write(writer, *self._answer(head, body))
                if self.delay:
                    await asyncio.sleep(self.delay)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> tuple[str, str, int]:
        path = head.split(b" ", 2)[1].decode()
        if path.startswith("/_bench/"):
            return _JSON, self._own(path), 200
        name, asked, kind = _call(head, path, body)
        self.calls[name] += 1
        self._delayed(time.monotonic())
        answer: Callable[[dict[str, Any]], str] | None = getattr(self.answers, name, None)
        if answer is None:
            return kind, _REFUSED, 403
        return kind, answer(asked), 200

    def _own(self, path: str) -> str:
        if path == "/_bench/patch":
            self.answers.patch()
        counted = {"calls": self.calls, "waiting": self.waiting}
        self.calls, self.waiting = Counter(), 0.0
        return json.dumps(counted)

    def _delayed(self, now: float) -> None:
        # A call that begins while another waits adds only what it waits longer.
        self.waiting += now + self.delay - max(now, self._until)
        self._until = now + self.delay

    def _write(self, writer: asyncio.StreamWriter, kind: str, text: str, status: int) -> None:
        body = text.encode()
        date = formatdate(time.time(), usegmt=True)
        head = f"HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nDate: {date}\r\n"
        identity = "x-amzn-RequestId: 00000000-0000-4000-8000-000000000000\r\n\r\n"
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, writer.write, (head + identity).encode() + body)
        else:
            writer.write((head + identity).encode() + body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    return 0


def _call(head: bytes, path: str, body: bytes) -> tuple[str, dict[str, Any], str]:
    if path == "/" and b"X-Amz-Target:" in head:
        target = head.split(b"X-Amz-Target:")[1].split(b"\r\n")[0].strip().decode()
        return target.rpartition(".")[2], json.loads(body or b"{}"), _JSON
    if path == "/":
        form = dict(pair.split("=", 1) for pair in body.decode().split("&"))
        return form["Action"], form, _XML
    return path.strip("/").replace("/", "_").replace("-", "_"), json.loads(body or b"{}"), "application/json"


async def main(hosts: int, delay: float) -> None:
    """Serve until killed; the first line of the output is the port."""
    server = await asyncio.start_server(Server(Answers(hosts), delay).connected, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0))
