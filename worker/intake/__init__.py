"""The way into artgate: records of upload events become rows, and rows become messages to the workers.

A platform in Python hands its uploads in without HTTP::

    from worker.intake import open_intake
    from worker.settings import read_settings

    with open_intake(read_settings()) as intake:
        event_id = intake.submit("uploads", "2026/cat.png", etag="...", uploader="ann")

The event is committed when ``submit`` returns, whether or not the broker answers; the same event twice is
one event.
"""

from worker.intake.accept import Intake, Waiting
from worker.intake.announce import Announcer, announce
from worker.intake.gather import Gatherer
from worker.intake.wiring import open_intake

__all__ = ["Announcer", "Gatherer", "Intake", "Waiting", "announce", "open_intake"]
