"""``make demo``, ``make demo-stop`` and ``make demo-shell``."""

from __future__ import annotations

import argparse
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.demo.home import Home
from deploy.local.launch import StackError
from deploy.local.places import REPOSITORY
from worker.cli.output import escape_what_cannot_be_encoded

_SAMPLES = REPOSITORY / "tests" / "data" / "samples"
_PICTURES = {".jpg", ".png"}
_VERDICT_SECONDS = 150.0
_DELIVERY_SECONDS = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the three; the exit status of the process."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.demo", description=__doc__)
    parser.add_argument("what", choices=("start", "stop", "shell"))
    parser.add_argument("--name", default="demo", help="tells demos apart that run side by side")
    parser.add_argument("--pictures", type=int, help="score so many of the samples; all by default")
    chosen = parser.parse_args(arguments)
    home = Home(chosen.name)
    escape_what_cannot_be_encoded()
    try:
        if chosen.what == "start":
            start(home, _samples(chosen.pictures))
        elif chosen.what == "stop":
            print("the demo is stopped" if home.stop() else "no demo runs")
        else:
            shell(home)
    except StackError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
        return 130
    return 0


def start(home: Home, pictures: Sequence[Path]) -> None:
    """Start a stack, let it judge `pictures`, show the verdicts and leave it running.

    Raises:
        StackError: something failed; nothing is left running.
    """
    began = time.monotonic()
    if home.stop():
        print("the demo that ran before is stopped")
    with _supervised(home) as supervisor:
        _wait_until_ready(supervisor, home)
        next_steps = _show_verdicts(home, pictures)
        _keep(supervisor)
    print(f"all of it took {time.monotonic() - began:.0f} s")
    print(next_steps)


def shell(home: Home) -> None:
    """Become a shell in which artgate's commands reach the demo's stack."""
    settings = home.read_settings()
    program = pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh"
    environment = dict(os.environ) | settings  # noqa: TID251 - a shell keeps its caller's environment
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment.get('PATH', os.defpath)}"
    print("artgate reaches the demo's stack in this shell; `exit` leaves it", file=sys.stderr)
    sys.stderr.flush()
    os.execve(program, [program], environment)  # noqa: S606 - the user's own shell


def _show_verdicts(home: Home, pictures: Sequence[Path]) -> str:
    """Upload, wait, show what came of it; gives what a reader can do now."""
    # What these need takes a second to import: not while the servers could already start.
    from deploy.local.demo import people, platform, report, scan  # noqa: PLC0415
    from worker.cli.output import console  # noqa: PLC0415
    from worker.cli.progress import progress  # noqa: PLC0415
    from worker.settings import Settings  # noqa: PLC0415

    settings = Settings.model_validate(_fields(home.read_settings()))
    print(f"uploading {len(pictures)} pictures and posting the S3 event of each to the hook", flush=True)
    uploads = scan.upload_all(settings, pictures)
    with progress("verdicts", len(uploads), every=2) as advance:
        scan.follow(settings, uploads, advance, _VERDICT_SECONDS)
    answers = report.answers_to(settings, uploads)
    report.print_answers(answers, console())
    told = platform.await_told(home.deliveries, len(uploads), _DELIVERY_SECONDS)
    signed_in = people.add_people(settings)
    return report.next_steps(answers, told, home.deliveries, report.door(settings, signed_in))


def _fields(variables: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("ARTGATE_").lower(): value for name, value in variables.items()}


def _samples(count: int | None) -> list[Path]:
    return sorted(path for path in _SAMPLES.iterdir() if path.suffix in _PICTURES)[:count]


@contextmanager
def _supervised(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor of the stack, which ends everything when we end before `_keep`."""
    supervisor = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "deploy.local.demo.supervisor", home.folder.name],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield supervisor
    except BaseException as error:
        died = supervisor.poll() is not None
        print("demo: ending what was started", file=sys.stderr, flush=True)
        _hang_up(supervisor)
        supervisor.wait()
        if died and not isinstance(error, KeyboardInterrupt | StackError):
            raise StackError(f"the stack's supervisor died; {home.log} has more") from error
        raise
    _hang_up(supervisor)


def _hang_up(supervisor: subprocess.Popen[bytes]) -> None:
    for pipe in (supervisor.stdin, supervisor.stdout):
        assert pipe is not None, "it was asked for"
        pipe.close()


def _wait_until_ready(supervisor: subprocess.Popen[bytes], home: Home) -> None:
    assert supervisor.stdout is not None, "it was asked for"
    for line in supervisor.stdout:
        text = line.decode().rstrip()
        if text == "ready":
            return
        print(text, flush=True)
    raise StackError(f"the stack could not be started; {home.log} has more")


def _keep(supervisor: subprocess.Popen[bytes]) -> None:
    assert supervisor.stdin is not None, "it was asked for"
    supervisor.stdin.write(b"keep\n")
    supervisor.stdin.flush()


if __name__ == "__main__":
    sys.exit(main())
