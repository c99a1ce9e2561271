"""Moderators' work on what the detector left open: rules, the desk they work at, and its HTTP API."""
