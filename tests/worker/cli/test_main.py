"""The command line's index: whole, lazy, and plain about failures."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient
from worker.cli import failures, main
from worker.cli.table import TABLE, Command, Group

ARTGATE = Path(sys.executable).with_name("artgate")
HEAVY = (
    "numpy",
    "torch",
    "timm",
    "safetensors",
    "huggingface_hub",
    "onnx",
    "cv2",
    "PIL",
    "scipy",
    "lightgbm",
    "sklearn",
    "sqlalchemy",
    "fastapi",
    "celery",
    "boto3",
    "httpx",
    "pydantic_settings",
)


def every_command() -> list[tuple[str, Command]]:
    """Every command with the words that call it."""
    found = []
    for entry in TABLE:
        if isinstance(entry, Group):
            found += [(f"{entry.name} {command.name}", command) for command in entry.commands]
        else:
            found.append((entry.name, entry))
    return found


def test_help_names_every_command_in_half_a_second() -> None:
    """The fastest of three starts counts: the machine may be busy with other things."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([ARTGATE, "--help"], capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.5
    assert all(entry.name in done.stdout for entry in TABLE)


@pytest.mark.parametrize(("words", "command"), every_command(), ids=[words for words, _ in every_command()])
def test_every_command_of_the_table_loads_and_explains_itself(words: str, command: Command) -> None:
    """The function exists, has a docstring for its help, and its help can be printed."""
    assert main.load(command).__doc__
    with pytest.raises(SystemExit) as stopped:
        main.main([*words.split(), "--help"])
    assert stopped.value.code == 0


def test_no_commands_help_imports_anything_heavy() -> None:
    """All helps in one fresh process; what each was the first to load is named."""
    words = [words for words, _ in every_command()]
    program = f"""
import sys
from worker.cli.main import main
blamed, seen = [], set()
for words in {words!r}:
    try: main([*words.split(), "--help"])
    except SystemExit: pass
    loaded = set({HEAVY!r}) & set(sys.modules) - seen
    blamed += [f"{{words}}: {{name}}" for name in sorted(loaded)]
    seen |= loaded
print(*blamed, sep="\\n", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Fault(Reason.SETTINGS_INVALID, "x"), 2),
        (Rejected(Reason.LEASE_LOST, "x"), 3),
        (Fault(Reason.WEIGHTS_MISSING, "x"), 1),
        (Transient(Reason.DATABASE_UNAVAILABLE, "x"), 1),
    ],
)
def test_exit_status_says_who_must_act(error: ArtgateError, status: int) -> None:
    """Scripts tell a wrong setting, a refusal and a fault apart by the status alone."""
    assert failures.exit_status(error) == status


def test_typed_error_is_one_sentence_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refusal prints a line, not a traceback."""

    def refuse() -> None:
        """Refuse."""
        raise Rejected(Reason.NOT_FOUND, "there is no such item")

    monkeypatch.setattr(main, "load", lambda _command: refuse)
    with pytest.raises(SystemExit) as stopped:
        main.main(["status"])
    assert stopped.value.code == failures.REFUSED
    assert capsys.readouterr().err == "artgate: there is no such item [not_found]\n"


def test_unknown_command_is_a_usage_error_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt command names its likely meaning and exits with 2."""
    with pytest.raises(SystemExit) as stopped:
        main.main(["queu"])
    assert stopped.value.code == failures.USAGE
    assert "queue" in capsys.readouterr().err


def test_placeholders_are_never_run() -> None:
    """A command that was not named has no code behind it."""
    names = {info.name: info.callback for info in main.application(["--help"]).registered_commands}
    assert set(names.values()) == {main._placeholder}
    assert isinstance(main.application([]), typer.Typer)
