"""Erasing: what would go, doing it in an order that survives a crash, and doing it again.

    the list outside ─→ payload-erased in the log ─→ payloads and evidence deleted ─→ views folded

Whatever dies in between, the next start goes on from the first step that was done. The same start
holds an older copy of the database to the list.
"""
