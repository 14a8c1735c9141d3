"""Speeds of this machine, with a peer on the same server in the same run where there is one."""
