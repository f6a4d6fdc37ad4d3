"""Translate what Inspector writes into our nouns: the one place for exported files and for the live adapter."""
