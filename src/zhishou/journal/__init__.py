"""The append-only record: raw entries in streams, each sealed with the one before; it knows nothing of incidents."""
