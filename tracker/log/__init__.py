"""The event log on PostgreSQL: append, read, follow, and the evidence beside it."""
