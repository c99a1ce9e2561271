"""Where the decoder lives: in daemonic processes, and in such as are killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection

from detector.decode import DecodeLimits
from tests.pictures import jpeg
from tests.worker.decoding.at_work import has_ended, wait_until
from tests.worker.decoding.conftest import GIB
from worker.decoding import DecoderProcess

_HOLDS_A_DECODER = """
import signal, sys
from detector.decode import DecodeLimits
from worker.decoding import DecoderProcess
from tests.pictures import jpeg

decoder = DecoderProcess(DecodeLimits(), seconds=60, memory=2**30)
decoder.decode(jpeg())
print(decoder.pid, flush=True)
signal.pause()
"""


def _decode_in(connection: Connection) -> None:
    decoder = DecoderProcess(DecodeLimits(), seconds=20, memory=GIB)
    connection.send(decoder.decode(jpeg()).rgb.shape)
    decoder.close()


def test_it_works_in_a_daemonic_process() -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=_decode_in, args=(theirs,), daemon=True)
    worker.start()
    assert ours.poll(60)
    assert ours.recv() == (128, 160, 3)
    worker.join()
    assert worker.exitcode == 0
    worker.close()
    ours.close()
    theirs.close()


def test_the_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS_A_DECODER], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    wait_until(lambda: has_ended(child))


def test_the_child_ends_within_a_decode_when_its_parent_is_killed() -> None:
    busy = _HOLDS_A_DECODER.replace(
        "signal.pause()",
        "from tests.worker.decoding.at_work import SLOW\n"
        "while True: print('again', flush=True); decoder.decode(SLOW)",
    )
    with subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.stdout.readline()
        parent.kill()
    wait_until(lambda: has_ended(child))


def test_ctrl_c_on_the_terminal_is_left_to_the_parent() -> None:
    decoder = DecoderProcess(DecodeLimits(), seconds=20, memory=GIB)
    decoder.decode(jpeg())
    child = decoder.pid
    assert child is not None
    os.kill(child, signal.SIGINT)
    decoder.decode(jpeg())
    assert decoder.pid == child
    decoder.close()
