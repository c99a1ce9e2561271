"""Decoding in another process: the same pictures, and no file can take the caller with it."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.decode import DecodeLimits, decode
from detector.reasons import Fault, Reason, Rejected
from tests.detector.decode.files import saved
from tests.pictures import encode, jpeg, noise
from tests.worker.decoding.at_work import SLOW, children, status, wait_until, while_it_works
from tests.worker.decoding.conftest import GIB
from worker.decoding import DecoderProcess

PICTURE = jpeg()


class OutOfTimeError(Exception):
    """As Celery raises in the middle of a task."""


def reason_of(decoder: DecoderProcess, data: bytes) -> Reason:
    with pytest.raises(Rejected) as refused:
        decoder.decode(data)
    return refused.value.reason


def descriptors() -> set[str]:
    gc.collect()
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names only


def test_pixels_and_facts_are_those_of_decoding_here(decoder: DecoderProcess) -> None:
    here, there = decode(PICTURE), decoder.decode(PICTURE)
    assert np.array_equal(here.rgb, there.rgb)
    assert here.facts == there.facts


def test_a_refusal_is_that_of_decoding_here_and_keeps_the_child(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    child = decoder.pid
    with pytest.raises(Rejected) as here:
        decode(PICTURE[:-500])
    with pytest.raises(Rejected) as there:
        decoder.decode(PICTURE[:-500])
    assert (here.value.reason, here.value.message) == (there.value.reason, there.value.message)
    assert reason_of(decoder, b"") is Reason.EMPTY
    assert decoder.pid == child


def test_a_picture_outlives_the_next_file_and_the_child(decoder: DecoderProcess) -> None:
    first = decoder.decode(PICTURE)
    decoder.decode(encode(noise(128, 160)))
    decoder.close()
    assert np.array_equal(first.rgb, decode(PICTURE).rgb)
    assert not first.rgb.flags.writeable


def test_nothing_is_started_before_the_first_file() -> None:
    assert DecoderProcess(DecodeLimits(), seconds=1, memory=GIB).pid is None


def test_the_limits_of_a_file_are_the_given_ones() -> None:
    small = DecoderProcess(DecodeLimits(max_bytes=10_000, max_pixels=100), seconds=20, memory=GIB)
    assert reason_of(small, PICTURE[:5000]) is Reason.TOO_MANY_PIXELS
    assert reason_of(small, bytes(10_001)) is Reason.TOO_MANY_BYTES
    small.close()


def test_a_file_that_takes_too_long_is_stopped_and_the_next_one_decodes() -> None:
    hasty = DecoderProcess(DecodeLimits(), seconds=0.05, memory=2 * GIB)
    assert reason_of(hasty, SLOW) is Reason.DECODE_TIMEOUT
    assert hasty.pid is None
    hasty.decode(encode(noise(1, 1)))
    hasty.close()


def test_processor_time_has_a_limit_of_the_kernel(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    assert decoder.pid is not None
    soft, _ = resource.prlimit(decoder.pid, resource.RLIMIT_CPU)
    assert 20 <= soft <= 22

    with while_it_works(decoder, lambda child: os.kill(child, signal.SIGXCPU)):
        assert reason_of(decoder, SLOW) is Reason.DECODE_TIMEOUT
    assert decoder.decode(PICTURE).facts.format == "JPEG"


def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_one_decodes() -> None:
    tight = DecoderProcess(DecodeLimits(), seconds=20, memory=GIB // 2)
    assert reason_of(tight, SLOW) is Reason.DECODE_MEMORY
    assert tight.decode(PICTURE).facts.format == "JPEG"
    tight.close()


def test_a_file_on_which_the_child_dies_is_refused_and_the_next_one_decodes(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    with while_it_works(decoder, lambda child: os.kill(child, signal.SIGKILL)):
        assert reason_of(decoder, SLOW) is Reason.DECODER_DIED
    assert decoder.pid is None
    assert decoder.decode(PICTURE).facts.format == "JPEG"


def test_the_death_of_an_idle_child_is_no_files_fault(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    assert decoder.pid is not None
    os.kill(decoder.pid, signal.SIGKILL)
    assert decoder.decode(PICTURE).facts.format == "JPEG"


def test_an_exception_out_of_nowhere_leaves_nothing_half_done(decoder: DecoderProcess) -> None:
    def interrupt(*_: object) -> None:
        raise OutOfTimeError

    decoder.decode(PICTURE)
    usual = signal.signal(signal.SIGUSR1, interrupt)
    main = threading.main_thread().ident
    assert main is not None
    try:
        with (
            while_it_works(decoder, lambda _: signal.pthread_kill(main, signal.SIGUSR1)),
            pytest.raises(OutOfTimeError),
        ):
            decoder.decode(SLOW)
    finally:
        signal.signal(signal.SIGUSR1, usual)
    assert decoder.pid is None
    assert np.array_equal(decoder.decode(encode(noise(64, 64))).rgb, noise(64, 64))


@pytest.mark.parametrize("end", [lambda _: None, lambda child: os.kill(child, signal.SIGKILL)])
def test_closing_leaves_no_process_and_no_descriptor(end: Callable[[int], None]) -> None:
    before, others = descriptors(), children()
    decoder = DecoderProcess(DecodeLimits(), seconds=20, memory=GIB)
    decoder.decode(PICTURE)
    assert decoder.pid is not None
    end(decoder.pid)
    decoder.close()
    decoder.close()
    assert children() == others
    assert descriptors() == before


def test_a_hundred_files_leave_no_descriptor(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    before = descriptors()
    for length in range(100):
        if length % 2:
            decoder.decode(PICTURE)
        else:
            reason_of(decoder, PICTURE[: length * 10])
    assert descriptors() == before


def test_too_little_memory_for_the_child_itself_is_the_installations_fault() -> None:
    tiny = DecoderProcess(DecodeLimits(), seconds=1, memory=2**20)
    with pytest.raises(Fault) as fault:
        tiny.decode(PICTURE)
    assert fault.value.reason is Reason.SETTINGS_INVALID
    assert tiny.pid is None


def test_the_child_knows_nothing_of_our_environment(
    decoder: DecoderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTGATE_S3_SECRET_KEY", "secret")
    decoder.decode(PICTURE)
    assert decoder.pid is not None
    assert b"ARTGATE" not in Path(f"/proc/{decoder.pid}/environ").read_bytes()


def test_what_libraries_say_of_broken_files_is_not_heard(
    decoder: DecoderProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    fax = bytearray(saved(Image.fromarray(noise(64, 64)[..., 0]).convert("1"), "TIFF", compression="group4"))
    fax[8:200] = b"\xff" * 192
    with contextlib.suppress(Rejected):
        decoder.decode(bytes(fax))
    assert capfd.readouterr().err == ""


def test_the_child_stays_small(decoder: DecoderProcess) -> None:
    decoder.decode(PICTURE)
    assert decoder.pid is not None
    child = decoder.pid
    assert int(status(child, "VmRSS")) < 80 * 1024
    wait_until(lambda: status(child, "Threads") == "2")  # its own and the one that watches
