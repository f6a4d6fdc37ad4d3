"""Why a finding remains: its kind from its own fields, then the cause that AWS's data about its host proves."""
