"""The command line's parser: an option or a command that is mistyped is answered with the one that was meant."""

import argparse
import re
from typing import NoReturn

from postpatch.errors import did_you_mean

_UNKNOWN = re.compile(r"unrecognized arguments: (-\S+)")
_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors end with `Did you mean …?` where something is like what was given."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error with what was perhaps meant, and exit with 2."""
        super().error(f"{message}{self._meant(message)}")

    def _meant(self, message: str) -> str:
        if found := _CHOICE.search(message):
            return did_you_mean(found[1], re.findall(r"[\w-]+", found[2]))
        if found := _UNKNOWN.search(message):
            return did_you_mean(found[1].partition("=")[0], self._known())
        return ""

    def _known(self) -> set[str]:
        # The options of this parser and of its commands: argparse finds an unknown one only in the whole.
        parsers: list[argparse.ArgumentParser] = [self]
        known: set[str] = set()
        for parser in parsers:
            for action in parser._actions:
                known.update(action.option_strings)
                if isinstance(action, argparse._SubParsersAction):
                    parsers += action.choices.values()
        return known
