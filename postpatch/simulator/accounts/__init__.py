"""Several accounts and Regions in one simulated AWS: an organization, and roles to assume in its accounts."""
