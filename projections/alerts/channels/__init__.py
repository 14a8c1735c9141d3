"""Ways to tell somebody, one file each: settings and `send`."""
