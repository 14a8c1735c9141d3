"""Backups: a copy of everything in one folder, brought back elsewhere or to a newer PostgreSQL.

    FOLDER/database.dump      what `pg_dump` made at one moment of the log
    FOLDER/signer/            the key that signs checkpoints, and the last one signed before it
    FOLDER/erasures.ndjson    what was erased until then
    FOLDER/backup.json        position, root, versions, and the hash of every file

The order matters. The signer's note is copied before the moment of the dump, so the log that comes
back always continues what was signed; the list of erasures after it, so none is missed.
"""
