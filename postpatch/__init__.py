"""Prove that a patch round worked: look, keep, judge, tell."""

__version__ = "0.1.0"
