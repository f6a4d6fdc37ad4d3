"""Hold fixtures/, tests_verify/ and verify.toml where postpatch is installed; in a clone they stand at its top."""
