"""Amazon Inspector Classic, simulated: targets, templates, assessment runs and the findings that they leave."""
