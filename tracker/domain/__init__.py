"""What can be said: events, commands and decisions, without any I/O."""
