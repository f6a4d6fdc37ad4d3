"""A fleet: many accounts and Regions, a run each, and what they come to together."""
