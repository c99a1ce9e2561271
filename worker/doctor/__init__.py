"""Looks at an installation from outside and says what is wrong and what to do about it.

Every check stands alone: it catches its own failures, has its own short time limit, and needs none of the
others, so that a report is whole also when everything is down.
"""

from worker.doctor.examine import examine
from worker.doctor.finding import Finding, Health

__all__ = ["Finding", "Health", "examine"]
