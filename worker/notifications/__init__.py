"""What storage systems say when an object is stored or removed, in one form.

Pure: bytes in, records out. A module for each system or family, and ``parse`` that finds the right one.
"""

from worker.notifications.parse import parse
from worker.notifications.record import Kind, Record, System

__all__ = ["Kind", "Record", "System", "parse"]
