"""What lets others check the log without trusting its keeper: tree, signed checkpoints, bundles."""
