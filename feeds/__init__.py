"""Evidence in, drafts out: feeds are fetched, parsed and read for facts."""
