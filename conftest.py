"""Table of contents: which plugins make the suite."""

# Each before those that import it: pytest rewrites the assertions of a plugin only if it imports it first.
pytest_plugins = [
    "fixtures.selection",
    "fixtures.prove",
    "fixtures.progress",
    "fixtures.steps",
    "fixtures.evidence",
    "fixtures.report",
    "fixtures.options",
]
