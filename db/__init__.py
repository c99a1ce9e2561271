"""What artgate remembers: tables, and the queries that have names. PostgreSQL is the only truth."""
