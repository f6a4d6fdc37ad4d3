"""Why a finding remains: its kind by its own fields, then the cause that AWS's data about its host proves."""
