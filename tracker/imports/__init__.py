"""History brought in from elsewhere, through the same checks as a command and through COPY.

    file ─ read ─→ entries ─ check, look up what they refer to ─→ chunk ─ copy ─→ log

Each event has an id of its own source, so an import that was interrupted is run again.
"""
