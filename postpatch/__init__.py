"""Prove that patching worked: collect, store, judge, report."""

__version__ = "0.2.0.dev0"
