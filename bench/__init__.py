"""What is measured, and what is broken on purpose, beside the tests."""
