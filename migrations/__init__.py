"""The history of the schema, and the four things that are done with it.

A migration is frozen once released: it names tables and columns as they were then, and imports nothing of
artgate.
"""
