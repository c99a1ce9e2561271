"""Stage `e2e`: from the hook to committed verdicts on the local stack, beside the plain chain in one process.

Three times: with the cheap preset (hc148 and EfficientNet-Lite0) and with hc148 and ConvNeXt-Tiny, both of
random weights, and with the starter.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from sqlalchemy import Engine, text

from detector import STARTER
from detector.embedding import EmbeddingSpec
from tests.benchmarks.embedding import PRODUCTION
from tests.benchmarks.load import plain_events, send
from tests.benchmarks.presets import CHEAP, Preset, picture_files, write_preset
from tests.benchmarks.report import Figures
from tests.benchmarks.servers import database, servers
from tests.pictures import jpeg
from tests.processes import family_of
from tests.servers import Bucket
from tests.worker.inbox import wait_until
from tests.worker.running import Running, artgate, hook_answers
from worker.settings import Settings

_LOAD = 0.6


def measure(*, smoke: bool) -> Figures:
    """Pictures a second, latency at 60 % of that, processor time and memory; the starter's beside them."""
    torch.set_num_threads(1)
    pictures = [jpeg(64, 64)] if smoke else picture_files(60)
    figures = _compare(CHEAP, pictures, smoke=smoke)
    if smoke:
        return figures
    convnext = _compare(PRODUCTION, pictures, smoke=smoke)
    starter = _run(Preset(bundle=STARTER, weights={}, plain=None), pictures, 300)
    beside = {f"convnext_{name}": figure for name, figure in convnext.items()}
    beside |= {f"starter_{name}": figure for name, figure in starter.items()}
    return figures | beside | {"child_rss_mb": convnext["child_rss_mb"]}


def _compare(spec: EmbeddingSpec, pictures: Sequence[bytes], *, smoke: bool) -> Figures:
    """The stack's figures with an embedding of random weights, beside the plain chain's pictures a second."""
    with TemporaryDirectory() as folder:
        preset = write_preset(Path(folder), spec, smoke=smoke)
        assert preset.plain is not None
        plain = _seconds_each(preset.plain, pictures[: 1 if smoke else 12])
        figures = _run(preset, pictures, 2 if smoke else 1000)
    return figures | {
        "end_to_end_plain_per_second": 1 / plain,
        "end_to_end_ratio": figures["end_to_end_per_second"] * plain,
    }


def _run(preset: Preset, pictures: Sequence[bytes], count: int) -> Figures:
    others = {"bundle": preset.bundle, "worker_children": os.cpu_count() or 1, **preset.weights}
    with (
        servers(**others) as (settings, bucket),
        database(settings) as engine,
        TemporaryDirectory() as folder,
    ):
        for kind in ("warm", "fast", "steady"):
            _upload(bucket, kind, pictures, count)
        with (
            artgate("hook", settings, Path(folder)) as hook,
            artgate("worker", settings, Path(folder)) as worker,
            artgate("sweeper", settings, Path(folder)) as sweeper,
        ):
            wait_until(lambda: hook_answers(settings) or not hook.running, "the hook")
            worker.wait_until_said("bundle_loaded", times=settings.worker_children, seconds=120)
            _take(settings, engine, bucket, "warm", min(count, 20), None)
            before, begun = _processor_seconds(hook, worker, sweeper), time.perf_counter()
            _take(settings, engine, bucket, "fast", count, None)
            per_second = count / (time.perf_counter() - begun)
            spent = _processor_seconds(hook, worker, sweeper) - before
            _take(settings, engine, bucket, "steady", max(2, count // 4), _LOAD * per_second)
            resident = max(_peak(pid) for pid in worker.children())
            again = _seconds_to_replace_a_child(worker)
        return {
            "end_to_end_per_second": per_second,
            "cpu_seconds_per_1000": 1000 * spent / count,
            "child_rss_mb": resident / 1e6,
            "child_start_seconds": again,
            **_latencies(engine),
            **_stages(engine),
        }


def _upload(bucket: Bucket, kind: str, pictures: Sequence[bytes], count: int) -> None:
    for number in range(count):
        bucket.put(f"{kind}/{number:06}.jpg", pictures[number % len(pictures)])


def _take(
    settings: Settings, engine: Engine, bucket: Bucket, kind: str, count: int, rate: float | None
) -> None:
    """Post the events of that many objects and wait for their verdicts."""
    keys = [f"{kind}/{number:06}.jpg" for number in range(count)]
    bodies = plain_events(bucket.name, keys, 1 if rate else min(count, 100))
    send(settings.hook_port, bodies, connections=4, rate=rate)
    open_ = text("SELECT count(*) FROM events WHERE finished_at IS NULL")
    failed = text("SELECT count(*) FROM events WHERE state IN ('refused', 'dead')")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        wait_until(lambda: connection.execute(open_).scalar_one() == 0, "every verdict", 600)
        assert connection.execute(failed).scalar_one() == 0


def _latencies(engine: Engine) -> Figures:
    """From the event's commit to the verdict's, of those that came at a steady rate."""
    query = text(
        "SELECT extract(epoch FROM finished_at - received_at)::float FROM events WHERE key LIKE 'steady/%'"
    )
    with engine.connect() as connection:
        seconds = [row[0] for row in connection.execute(query)]
    return {f"latency_ms.p{share}": 1e3 * float(np.percentile(seconds, share)) for share in (50, 95, 99)}


def _stages(engine: Engine) -> Figures:
    """Mean milliseconds of each stage of a scan, as the worker measured them with two children at work."""
    query = text(
        "SELECT stage, avg(value::float) FROM verdicts JOIN events ON events.id = verdicts.event_id,"
        " jsonb_each_text(stage_ms) AS parts (stage, value) WHERE key LIKE 'fast/%' GROUP BY stage"
    )
    with engine.connect() as connection:
        return {f"stage_ms.{stage}": float(ms) for stage, ms in connection.execute(query)}


def _processor_seconds(*roots: Running) -> float:
    """Of these processes and all below them, also of those that have ended."""
    below = [process.pid for root in roots for process in family_of(root.pid)]
    return sum(map(_worked, [*(root.pid for root in roots), *below]))


def _worked(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, parts[11:15])) / os.sysconf("SC_CLK_TCK")


def _seconds_to_replace_a_child(worker: Running) -> float:
    """From a child's death to the next one's being ready."""
    begun, ready = time.perf_counter(), worker.said("bundle_loaded")
    os.kill(worker.children()[0], signal.SIGKILL)
    worker.wait_until_said("bundle_loaded", times=ready + 1)
    return time.perf_counter() - begun


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def _seconds_each(work: Callable[[bytes], object], pictures: Sequence[bytes]) -> float:
    work(pictures[0])
    begun = time.perf_counter()
    for picture in pictures:
        work(picture)
    return (time.perf_counter() - begun) / len(pictures)
