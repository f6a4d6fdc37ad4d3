"""What is simulated: hosts, with packages, a running kernel, settings and an agent."""
