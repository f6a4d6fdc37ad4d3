"""AWS Systems Manager Quick Setup, simulated: patch policies, and what they leave in the account."""
