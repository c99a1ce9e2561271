"""The decoder that callers hold: it outlives the processes behind it."""

from __future__ import annotations

from detector.decode import DecodeLimits
from detector.picture import Picture
from detector.reasons import Reason, Rejected
from worker.decoding.life import DiedBeforeError, Life
from worker.decoding.packets import Terms

_LEAVES_A_SOUND_CHILD = frozenset(Reason) - {Reason.DECODE_MEMORY, Reason.DECODE_TIMEOUT, Reason.DECODER_DIED}


class DecoderProcess:
    """Decodes in a child process, which is started for the first file, and again after one that ended it.

    For one caller at a time. Whatever interrupts it, even an exception from a signal handler, it is sound
    afterwards. It works in a daemonic process, and must not be carried through a fork.
    """

    def __init__(self, limits: DecodeLimits, *, seconds: float, memory: int) -> None:
        """Set the limits; nothing is started yet.

        Args:
            limits: of a file.
            seconds: wall time of one file, and its processor time, rounded up.
            memory: bytes of the child's address space; it takes about 200 MB for itself.
        """
        self._terms = Terms(limits=limits, seconds=seconds, memory=memory)
        self._life: Life | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, where one is running."""
        return None if self._life is None else self._life.pid

    def decode(self, data: bytes) -> Picture:
        """Decode one file. The picture's pixels are read-only and stay valid after the next file.

        Raises:
            Rejected: as `detector.decode.decode` does; ``decode_timeout``, ``decode_memory`` or
                ``decoder_died`` where the file went over a limit or took the child with it.
            Fault: no child can be started.
        """
        try:
            return self._decode(data)
        except Rejected as error:
            if error.reason not in _LEAVES_A_SOUND_CHILD:
                self.close()
            raise
        except BaseException:  # an answer that nobody waited for would be taken for the next file's
            self.close()
            raise

    def close(self) -> None:
        """End the child; the next file starts another. It may be called at any time and again."""
        if self._life is not None:
            self._life.end()
            self._life = None

    def _decode(self, data: bytes) -> Picture:
        try:
            return self._begun().decode(data)
        except DiedBeforeError:  # killed since the last file, by the kernel or by someone
            self.close()
        try:
            return self._begun().decode(data)
        except DiedBeforeError as error:
            raise Rejected(
                Reason.DECODER_DIED, "The decoder process died twice on its way to the file."
            ) from error

    def _begun(self) -> Life:
        if self._life is None:
            self._life = Life(self._terms)
        return self._life
