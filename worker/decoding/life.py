"""One life of the decoder process, from its start to its end."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np

from detector.picture import Picture
from detector.reasons import Fault, Reason, Rejected
from worker.decoding import memory_files
from worker.decoding.packets import BEGUN, DECODE, READY, Packet, Terms, facts_of, receive, send

_START_SECONDS = 60.0
"""How long the child may take to import: 0.3 s, and far more where every core is busy."""
_ROOT = Path(__file__).parents[2]
"""Where the packages lie, so that the child finds them however we were started."""
_NEEDED_BY_PYTHON = ("LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
_TUNING = {
    # Threads of numpy's OpenBLAS would take of the child's address space, and have nothing to do.
    "OPENBLAS_NUM_THREADS": "1",
    # Large pages: a picture's memory is then had in dozens of page faults and not in ten thousand.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


class DiedBeforeError(Exception):
    """The child had ended before it had the file, which is to blame for nothing."""


class Life:
    """A running child and our end of the channel to it."""

    def __init__(self, terms: Terms) -> None:
        """Start a child and wait until it is ready.

        Raises:
            Fault: it did not come up.
        """
        self._seconds = terms.seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self._process = _start(terms, theirs)
            self._wait_until_ready()
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int | None:
        """Of the child; None when it has ended."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def decode(self, data: bytes) -> Picture:
        """Have one file decoded. After any other error than a refusal of the child the life must end.

        Raises:
            Rejected: by the rules of `detector.decode`, or for the time it took, or for the child's death.
            DiedBeforeError: the child had ended before it had the file.
        """
        self._hand_over(data)
        try:
            answer, pixels = receive(self._channel)
        except TimeoutError as error:
            raise self._too_slow() from error
        except (ConnectionError, ValueError) as error:
            raise self._died() from error
        if answer is None:
            raise self._died()
        return self._picture(answer, pixels)

    def end(self) -> None:
        """Kill the child, if it lives, and leave nothing of it."""
        self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        self._channel.settimeout(_START_SECONDS)
        try:
            ready, _ = receive(self._channel)
        except (TimeoutError, ConnectionError) as error:
            raise _no_start() from error
        if ready != READY:
            raise _no_start()
        self._channel.settimeout(self._seconds)

    def _hand_over(self, data: bytes) -> None:
        try:
            with memory_files.memory_file() as file:
                memory_files.write(file, data)
                send(self._channel, DECODE, file)
            begun, _ = receive(self._channel)
        except TimeoutError as error:
            raise self._too_slow() from error
        except ConnectionError as error:
            raise DiedBeforeError from error
        if begun != BEGUN:
            raise DiedBeforeError

    def _picture(self, answer: Packet, pixels: int | None) -> Picture:
        try:
            facts = facts_of(answer)
            shape = (facts.height, facts.width, 3)
            memory = memory_files.readable(pixels, math.prod(shape))
            return Picture(rgb=np.frombuffer(memory, dtype=np.uint8).reshape(shape), facts=facts)
        except (LookupError, OSError, TypeError, ValueError) as error:
            raise self._died() from error  # whatever answered is no decoder any more
        finally:
            if pixels is not None:
                os.close(pixels)

    def _too_slow(self) -> Rejected:
        return Rejected(
            Reason.DECODE_TIMEOUT,
            f"Decoding the file took longer than {self._seconds:g} s and was stopped; save the picture anew.",
        )

    def _died(self) -> Rejected:
        self.end()
        if self._process is not None and self._process.returncode == -signal.SIGXCPU:
            return self._too_slow()
        return Rejected(Reason.DECODER_DIED, "The decoder process died on the file; save the picture anew.")


def _start(terms: Terms, channel: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "worker.decoding.child", terms.to_argument()],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(),
    )


def _no_start() -> Fault:
    return Fault(
        Reason.SETTINGS_INVALID,
        "The decoder process does not start: raise ARTGATE_DECODE_MEMORY, or see what it wrote to stderr.",
    )


def _environment() -> dict[str, str]:
    """What Python needs to start, and no more: the child must not know our secrets."""
    kept = {name: os.environ[name] for name in _NEEDED_BY_PYTHON if name in os.environ}  # noqa: TID251 - no settings
    return kept | _TUNING
