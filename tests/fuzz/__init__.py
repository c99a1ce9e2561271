"""Hostile bytes by the hundred thousand: for readers of events and headers, and for the decoder process."""
