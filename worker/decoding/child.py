"""The decoder process: ``python -m worker.decoding.child TERMS``, with the channel as its standard input.

It imports Pillow and numpy only. It ends when the other side of the channel does, even within a decode.
"""

from __future__ import annotations

import math
import os
import resource
import select
import signal
import socket
import sys
import threading

from detector.decode import DecodeLimits
from detector.decode.decoding import develop
from detector.decode.packing import strips
from detector.reasons import Reason, Rejected
from worker.decoding import memory_files
from worker.decoding.packets import BEGUN, READY, Packet, Terms, decoded, receive, refused, send

_LEAST_ROOM = 64 * 2**20
"""Bytes for a picture without which starting makes no sense."""


def main() -> None:
    """Decode file after file."""
    terms = Terms.from_argument(sys.argv[1])
    with socket.socket(fileno=sys.stdin.fileno()) as channel:
        _end_with_the_parent(channel)
        _silence_libraries()
        _limit_memory(terms.memory)
        send(channel, READY)
        while True:
            _, file = receive(channel)
            if file is None:
                return
            send(channel, BEGUN)
            _allow_processor_time(terms.seconds)
            _answer(channel, file, terms.limits)


def _answer(channel: socket.socket, file: int, limits: DecodeLimits) -> None:
    with memory_files.memory_file() as pixels:
        try:
            answer = _decode(file, pixels, limits)
        except Rejected as error:
            send(channel, refused(error))
        except MemoryError:
            send(
                channel,
                refused(Rejected(Reason.DECODE_MEMORY, "The file needs more memory than is allowed.")),
            )
        else:
            send(channel, answer, pixels)


def _decode(file: int, pixels: int, limits: DecodeLimits) -> Packet:
    """Decode from one memory file into another."""
    try:
        data = memory_files.read(file)
    finally:
        os.close(file)
    developed = develop(data, limits)
    for strip in strips(developed.rgb):
        memory_files.write(pixels, strip)
    memory_files.seal(pixels)
    return decoded(developed.facts)


def _end_with_the_parent(channel: socket.socket) -> None:
    """Watch for the channel's end in a thread: a decoder at work hears nothing else."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    hung_up = select.poll()
    hung_up.register(channel, 0)

    def watch() -> None:
        hung_up.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _silence_libraries() -> None:
    """Let Python alone write to stderr: libtiff speaks of every broken file there."""
    sys.stderr = os.fdopen(os.dup(2), "w")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 2)


def _limit_memory(most: int) -> None:
    """Hold the process to so much address space, and leave it if there is no room to work in."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        bytearray(_LEAST_ROOM)
    except MemoryError:
        sys.exit(f"artgate's decoder process can't work within {most:,} bytes of memory")


def _allow_processor_time(seconds: float) -> None:
    """So many seconds from now; the kernel counts whole ones and ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))


if __name__ == "__main__":
    main()
