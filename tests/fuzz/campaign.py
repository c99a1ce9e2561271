"""Mutants of pictures through the decoder process, each held to its limits of time and memory."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detector.decode import DecodeLimits
from detector.reasons import Reason, Rejected
from tests.fuzz.mutation import mutate
from worker.decoding import DecoderProcess

LIMITS = DecodeLimits(max_bytes=2**22, max_pixels=2**22)
SECONDS = 5.0
"""Of one file, in the decoder process."""
MEMORY = 3 * 2**28
"""Bytes of the decoder process's address space."""
SLACK = 2.0
"""Seconds beyond its own that a process may take to be stopped and to be begun anew on a busy machine."""
_CONTAINED = frozenset({Reason.DECODER_DIED, Reason.DECODE_TIMEOUT, Reason.DECODE_MEMORY})
_OK = "ok"


@dataclass(slots=True, kw_only=True)
class Campaign:
    """What became of the files."""

    files: int = 0
    longest: float = 0.0
    """Seconds of the slowest file."""
    largest: int = 0
    """Bytes of resident memory that a decoder process ever had."""
    outcomes: Counter[str] = field(default_factory=Counter)
    escaped: dict[str, bytes] = field(default_factory=dict)
    """What must not come of any file, each with the first that it came of."""
    ended: dict[str, bytes] = field(default_factory=dict)
    """The first file for each way in which one ended a decoder process."""

    @property
    def contained(self) -> int:
        """Files on which a decoder process died or was stopped, and that ended as a refusal."""
        return sum(self.outcomes[reason] for reason in _CONTAINED)

    def took(self, data: bytes, outcome: str, seconds: float, memory: int) -> None:
        """Note one file."""
        self.files += 1
        self.outcomes[outcome] += 1
        self.longest, self.largest = max(self.longest, seconds), max(self.largest, memory)
        if outcome in _CONTAINED:
            self.ended.setdefault(outcome, data)
        elif outcome != _OK and outcome not in set(Reason) - {Reason.INTERNAL_ERROR}:
            self.escaped.setdefault(outcome, data)
        if seconds > SECONDS + SLACK:
            self.escaped.setdefault(f"took {seconds:.1f} s", data)
        if memory > MEMORY:
            self.escaped.setdefault(f"took {memory // 2**20} MiB", data)


def decode_mutants(seeds: Sequence[bytes], *, files: int, seed: int) -> Campaign:
    """Mutate and decode; the same seeds and seed give the same files."""
    rng, done = random.Random(f"{seed}/decode"), Campaign()
    decoder = DecoderProcess(LIMITS, seconds=SECONDS, memory=MEMORY)
    try:
        for _ in range(files):
            data = mutate(rng, rng.choice(seeds), seeds)
            began = time.perf_counter()
            outcome = outcome_of(decoder, data)
            done.took(data, outcome, time.perf_counter() - began, largest_memory(decoder))
    finally:
        decoder.close()
    return done


def outcome_of(decoder: DecoderProcess, data: bytes) -> str:
    """``ok``, the code of a refusal, or what else came."""
    try:
        picture = decoder.decode(data)
    except Rejected as refusal:
        return refusal.reason.value
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        return f"{type(error).__name__}: {str(error)[:100]}"
    facts = picture.facts
    sound = picture.rgb.shape == (facts.height, facts.width, 3) and min(facts.width, facts.height) > 0
    return _OK if sound and 1 <= facts.orientation <= 8 else f"a picture that is none: {facts}"


def largest_memory(decoder: DecoderProcess) -> int:
    """Bytes of resident memory that the running decoder process had at most; 0 where none is left."""
    try:
        status = Path(f"/proc/{decoder.pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
