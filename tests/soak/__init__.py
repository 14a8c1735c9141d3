"""A tracker under load for as long as one likes: `python -m tests.soak --minutes 60`."""
