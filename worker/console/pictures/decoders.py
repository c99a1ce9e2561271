"""Decoder processes for threads: so many at once, and no more."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from detector.decode import DecodeLimits
from detector.reasons import Reason, Transient
from worker.decoding import DecoderProcess
from worker.settings import Settings

_PATIENCE = 20.0
"""Seconds that a thread waits for a decoder."""


class Decoders:
    """A fixed number of decoders, each lent to one thread at a time, and with it the memory of a picture."""

    def __init__(self, settings: Settings, *, patience: float = _PATIENCE) -> None:
        limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
        self._all = [
            DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory)
            for _ in range(settings.picture_decoders)
        ]
        self._patience = patience
        # The one that was used last comes first: on a quiet console one process is enough.
        self._free: queue.LifoQueue[DecoderProcess] = queue.LifoQueue()
        for decoder in self._all:
            self._free.put(decoder)

    @contextmanager
    def lent(self) -> Iterator[DecoderProcess]:
        """A decoder for the block.

        Raises:
            Transient: ``pictures_busy``: all were at work for too long.
        """
        try:
            decoder = self._free.get(timeout=self._patience)
        except queue.Empty:
            raise Transient(
                Reason.PICTURES_BUSY, "too many pictures are being opened; load this one again in a moment"
            ) from None
        try:
            yield decoder
        finally:
            self._free.put(decoder)

    def close(self) -> None:
        """End all decoder processes."""
        for decoder in self._all:
            decoder.close()
