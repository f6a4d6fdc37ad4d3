"""The formats of other tools, each off by default and asked for with `--format`; nothing in them is derived here."""
