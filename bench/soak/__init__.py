"""Break runs in every way that a machine and a network can, and check what each leaves: `make soak`."""
