"""Keep compiled templates beside them, as Python keeps its modules: to compile them took a tenth of a small run."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from postpatch.evidence.kept import replace_bytes


class CompiledTemplates(BytecodeCache):
    """The compiled templates of a folder, in its `__pycache__`; what is not there or not readable is compiled again.

    Jinja compares the template's text and the versions of Python and Jinja. It also computes constants as it compiles,
    by the filters of the environment: `made_by` are the files that these are in. Where nothing can be written, or
    Python was told to write no bytecode, nothing is kept.
    """

    def __init__(self, folder: Path, made_by: Iterable[str]) -> None:
        self._folder = folder / "__pycache__"
        self._made_by = "".join(_digest(Path(one).read_bytes()) for one in made_by)

    def get_source_checksum(self, source: str) -> str:
        """Return what a compiled template was made of."""
        return _digest(f"{self._made_by}{source}".encode())

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the name of the file of a template."""
        return f"{name}.{_digest(f'{filename}'.encode())[:16]}.{sys.implementation.cache_tag}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template that was kept, if it is whole."""
        with suppress(OSError):
            digest, _, compiled = (self._folder / bucket.key).read_bytes().partition(b"\n")
            if digest.decode("latin-1") == _digest(compiled):
                bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        if not sys.dont_write_bytecode:
            compiled = bucket.bytecode_to_string()
            with suppress(OSError):
                replace_bytes(self._folder / bucket.key, f"{_digest(compiled)}\n".encode() + compiled)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
