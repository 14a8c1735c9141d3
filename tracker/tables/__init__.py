"""Ordinary rows, not history: users, credentials, channels, schedules and settings of a log."""
