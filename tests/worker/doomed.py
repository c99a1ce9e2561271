"""A worker whose decoding does to its child what a file's first bytes say.

The decoder process keeps bad files away from a child, so what a child's own death, hang or bug leads to
must be provoked: the real worker runs here with a decoder that acts in the child itself.
"""

from __future__ import annotations

import os
import signal
import time

from detector import Picture
from tests.pictures import jpeg
from tests.worker.decoding.at_work import SLOW, while_it_works
from worker import logs
from worker.decoding import DecoderProcess
from worker.scan import Scanner, open_scanner
from worker.settings import Settings, limit_threads, read_settings
from worker.tasks.run import run

DIES = b"DIES"
HANGS = b"HANGS"
IS_SLOW = b"IS SLOW"
BREAKS = b"BREAKS"
KILLS_DECODER = b"KILLS DECODER"


class DoomedDecoder:
    """Obeys the file, or decodes it as usual."""

    def __init__(self, usual: DecoderProcess) -> None:
        self._usual = usual

    def decode(self, data: bytes) -> Picture:
        """Die, hang, dawdle, break, or decode."""
        if data.startswith(DIES):
            os.kill(os.getpid(), signal.SIGKILL)
        if data.startswith(HANGS):
            _hang()
        if data.startswith(IS_SLOW):
            time.sleep(600)
        if data.startswith(BREAKS):
            raise ArithmeticError("a fault of the program")
        if data.startswith(KILLS_DECODER):
            self._doom_decoder()
        return self._usual.decode(data)

    def _doom_decoder(self) -> None:
        """Let the decoder process die in the middle of a file."""
        self._usual.decode(jpeg(64, 64))  # so that there is one
        with while_it_works(self._usual, lambda decoder: os.kill(decoder, signal.SIGKILL)):
            self._usual.decode(SLOW)

    def close(self) -> None:
        """As usual."""
        self._usual.close()


def _hang() -> None:
    """Heed no soft time limit, as native code does."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    time.sleep(600)


def _open(settings: Settings, holder: str) -> Scanner:
    scanner = open_scanner(settings, holder)
    assert isinstance(scanner.decoder, DecoderProcess)
    scanner.decoder = DoomedDecoder(scanner.decoder)
    return scanner


def main() -> None:
    """Run the worker with the settings of the environment."""
    settings = read_settings()
    limit_threads(settings.worker_children)
    logs.configure(settings, process="worker")
    raise SystemExit(run(settings, _open))


if __name__ == "__main__":
    main()
