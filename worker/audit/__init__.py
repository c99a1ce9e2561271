"""The audit log's chain: built by one process, signed with a key that PostgreSQL does not have, verified."""
