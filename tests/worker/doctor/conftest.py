"""The doctor's tests also call its command."""

from tests.worker.cli.conftest import artgate

__all__ = ["artgate"]
