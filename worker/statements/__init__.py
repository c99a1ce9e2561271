"""Statements of reasons: why a picture was called SYNTHETIC, by whom, and what the artist can do."""
