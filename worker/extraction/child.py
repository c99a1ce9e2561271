"""One measuring process: takes jobs from a pipe, gives a record for each delivery, and ends with the pipe."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from detector.reasons import ArtgateError, Reason, Rejected
from worker.extraction.order import MeasuringOrder
from worker.extraction.wanted import Job, Record
from worker.settings import limit_threads

if TYPE_CHECKING:
    from detector.measuring import Measuring
    from detector.picture import Picture
    from worker.decoding import DecoderProcess

READY = "ready"
"""What a process says once it can measure; an error of ours instead says why it can't."""


def main(pipe: Connection, order: MeasuringOrder) -> None:
    """Measure until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    limit_threads(len(os.sched_getaffinity(0)))  # before any numeric library is imported
    decoder = order.decoder()
    try:
        measuring = order.open()
        pipe.send(READY)
        while True:
            for record in records_of(pipe.recv(), decoder, measuring):
                pipe.send(record)
    except ArtgateError as error:
        pipe.send(error)
    except (EOFError, OSError):  # the parent has ended
        pass
    finally:
        decoder.close()


def records_of(job: Job, decoder: DecoderProcess, measuring: Measuring) -> Iterator[Record]:
    """Measure one file as each delivery would bring it, in the job's order."""
    from detector.perceptual import perceptual_hash  # noqa: PLC0415 - after the threads were limited

    sha256 = ""
    try:
        data = job.file.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        picture = decoder.decode(data)
    except (OSError, Rejected) as error:
        reason = error.reason if isinstance(error, Rejected) else Reason.FILE_UNREADABLE
        for delivery in job.deliveries:
            yield Record(sha256=sha256, delivery=delivery, reason=reason)
        return
    height, width = picture.rgb.shape[:2]
    hashed = perceptual_hash(picture)
    for delivery in job.deliveries:
        known = Record(sha256=sha256, delivery=delivery, width=width, height=height, perceptual_hash=hashed)
        yield _measured(picture, known, measuring)


def _measured(picture: Picture, known: Record, measuring: Measuring) -> Record:
    from detector.evaluation.deliveries import EVERY  # noqa: PLC0415 - after the threads were limited

    try:
        delivered = replace(picture, rgb=EVERY[known.delivery](picture.rgb))
        values, replaced = measuring.vector(delivered).to_bytes()
    except Rejected as refusal:
        return replace(known, reason=refusal.reason)
    return replace(known, values=values, replaced=replaced)
