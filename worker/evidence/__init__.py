"""Stored verdicts looked at again: why they are what they are, and whether they come out the same."""

from __future__ import annotations
