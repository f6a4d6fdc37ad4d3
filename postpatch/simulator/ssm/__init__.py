"""AWS Systems Manager, simulated: managed nodes, inventory, Run Command, Patch Manager and maintenance windows."""
