"""Facts read out of English news prose."""
