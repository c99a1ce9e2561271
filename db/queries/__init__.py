"""The queries that have names.

Every function takes the session first and leaves the transaction to its caller: an entry point opens
``sessions.begin()``, calls what belongs together, and nothing is half done. What leaves here is a frozen
dataclass, never a row that a closed session could no longer refresh. Leases, deadlines and ages are
reckoned by PostgreSQL's clock. Where new rows arise, ids are made by the caller's ``new_id``.
"""
