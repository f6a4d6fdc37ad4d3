"""Ids that look like AWS's and are the same in every run."""

import random
import uuid


class Ids:
    """Make the ids of one kind of thing, in an order that is fixed by `purpose`."""

    def __init__(self, purpose: str) -> None:
        self._random = random.Random(purpose)  # noqa: S311 - an id must repeat from run to run, not keep a secret

    def uuid(self) -> str:
        """Make a random-looking UUID (version 4)."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hexadecimal(self, digits: int) -> str:
        """Make a string of lower-case hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"
