"""Prove that patching worked: collect, store, judge, report."""

__version__ = "0.1.0"
