"""``make demo``: what it prints, and that it leaves nothing behind, however it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.demo.home import Home
from deploy.local.demo.plan import MODERATOR, SENIOR
from deploy.local.places import REPOSITORY
from deploy.local.processes import Identity
from tests.bundles import make_bundle
from tests.processes import family_of
from tests.worker.inbox import wait_until

HALF_WAY = "starting the hook"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def home(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A demo's place beside that of a demo that a developer may have running."""
    monkeypatch.setenv("ARTGATE_BUNDLE", str(bundle))
    home = Home(f"demo-of-tests-{os.getpid()}")
    yield home
    home.stop()


def demo(home: Home, what: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "deploy.local.demo", what, "--name", home.folder.name, *words]
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finished(run: subprocess.Popen[str]) -> tuple[int, str]:
    """Status and output; the output ends with the command, whatever runs on."""
    with run:
        out, _ = run.communicate(timeout=120)
    return run.returncode, out


def everything(home: Home) -> list[Identity]:
    """The supervisor and all that it has started."""
    owner = home.workspace.owner
    assert owner is not None
    return [owner, *family_of(owner.pid)]


def wait_for_the_end(processes: list[Identity], home: Home) -> None:
    wait_until(lambda: not any(process.alive for process in processes), "the end of every process", 60)
    assert not home.running


def test_it_shows_verdicts_and_runs_on_until_it_is_stopped_also_twice_in_a_row(
    home: Home, bundle: Path
) -> None:
    status, out = finished(demo(home, "start", "--pictures", "2"))
    assert status == 0, out
    assert "ai-blue-beret.jpg" in out
    assert "ai-fields.jpg" in out
    assert all(stage in out for stage in ("fetch", "decode", "feat.", "score"))
    assert out.rstrip().endswith("make demo-stop")
    first = everything(home)
    assert len(first) > 7, "three servers, five processes of artgate"
    assert len(home.deliveries.read_text().splitlines()) == 2
    assert [sign_in(out, name) for name in (MODERATOR, SENIOR)] == ["/console/", "/console/"]
    assert home.settings_file.stat().st_mode & 0o077 == 0, "it holds passwords"
    assert home.read_settings()["ARTGATE_BUNDLE"] == str(bundle), "its shell's commands use the same one"

    status, out = finished(demo(home, "start", "--pictures", "1"))
    assert status == 0, out
    assert "the demo that ran before is stopped" in out
    wait_until(lambda: not any(process.alive for process in first), "the end of the first demo", 10)

    second = everything(home)
    assert json.loads(ask(home, "artgate queue list --format jsonl") or "{}") is not None
    assert "s3://pictures/samples/ai-blue-beret.jpg" in ask(
        home, "artgate show s3://pictures/samples/ai-blue-beret.jpg"
    )
    assert finished(demo(home, "stop")) == (0, "the demo is stopped\n")
    wait_for_the_end(second, home)
    assert not home.folder.exists()
    assert finished(demo(home, "stop")) == (0, "no demo runs\n")


def sign_in(out: str, name: str) -> str:
    """Where the console takes who signs in with what was printed."""
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/console/", out)
    (password,) = re.findall(rf"sign in as {name}, password (\w{{16}})", out)
    with httpx.Client(base_url=address, trust_env=False) as browser:
        answer = browser.post("sign-in", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        assert browser.get("").status_code == 200, "it is signed in"
    return answer.headers["Location"]


def ask(home: Home, command: str) -> str:
    """Run a command with the demo's settings, as the documents say."""
    settings = f"set -a; . {shlex.quote(str(home.settings_file))}; set +a"
    path = f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{settings}; {path}; {command}"], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_ended_half_way_it_leaves_no_process(home: Home, end: signal.Signals) -> None:
    """Ctrl-C, and a crash that lets it do nothing more."""
    run = half_way(home)
    processes = everything(home)
    run.send_signal(end)
    finished(run)
    wait_for_the_end(processes, home)


def test_killed_with_its_supervisor_it_leaves_no_process_and_starts_again(home: Home) -> None:
    """Not even the one that would clean up lives; what is left of it is no obstacle."""
    run = half_way(home)
    supervisor, *others = everything(home)
    os.kill(run.pid, signal.SIGKILL)
    os.kill(supervisor.pid, signal.SIGKILL)
    finished(run)
    wait_for_the_end([supervisor, *others], home)
    status, out = finished(demo(home, "start", "--pictures", "1"))
    assert status == 0, out


def test_a_server_that_cannot_start_is_said_and_nothing_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTGATE_S3_ENDPOINT", "http://127.0.0.1:9")
    status, out = finished(demo(home, "start"))
    assert status == 1
    assert "ARTGATE_S3_ACCESS_KEY" in out
    assert "Traceback" not in out
    assert not home.running


def test_a_bundle_that_cannot_be_loaded_is_said_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARTGATE_BUNDLE", str(tmp_path / "nothing"))
    run = demo(home, "start", "--pictures", "1")
    status, out = finished(run)
    assert (status, "[bundle_invalid]" in out) == (1, True)
    assert not home.running


def half_way(home: Home) -> subprocess.Popen[str]:
    """A demo whose servers run and whose processes begin."""
    run = demo(home, "start", "--pictures", "1")
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith(HALF_WAY):
            return run
    pytest.fail("it ended before it was half way")
