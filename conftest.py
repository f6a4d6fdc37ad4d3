"""Table of contents: which plugins make the suite."""

# Each before those that import it: pytest rewrites the assertions of a plugin only if it imports it first.
pytest_plugins = [
    "fixtures.keys",
    "fixtures.selection",
    "fixtures.prove",
    "fixtures.collecting",
    "fixtures.deriving",
    "fixtures.outcomes",
    "fixtures.terminal",
    "fixtures.report",
    "fixtures.options",
]
