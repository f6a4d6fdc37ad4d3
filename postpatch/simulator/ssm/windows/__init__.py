"""Maintenance windows: schedules, targets, tasks, and the errors that AWS makes of wrong ones."""
