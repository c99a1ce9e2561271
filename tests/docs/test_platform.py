"""Every block of docs/platform.md runs, top to bottom, on the pieces of the demo's stack."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local.launch import free_port
from tests.bundles import make_vouched_bundle
from tests.worker.running import artgate, environment, serving
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "platform.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MARK = "--- block"
SECRET = "s" * 24


@pytest.fixture(scope="module")
def settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The module's servers, a bundle that loads in a moment, and a port of its own."""
    bundle = make_vouched_bundle(tmp_path_factory.mktemp("bundle"))
    named = {"bundle": bundle, "hook_port": free_port(), "hook_secrets": (SecretStr(SECRET),)}
    return Settings(**(settings.model_dump() | named))


@pytest.fixture(scope="module")
def shell(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of a shell that reaches the running processes, as the demo's does."""
    folder = tmp_path_factory.mktemp("platform")
    with ExitStack() as running:
        address = running.enter_context(serving(settings, folder))
        running.enter_context(artgate("worker", settings, folder))
        running.enter_context(artgate("sweeper", settings, folder))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251 - bash needs it
        plain = {"ARTGATE_BUCKETS": settings.buckets[0], "ARTGATE_HOOK_SECRETS": SECRET}
        yield environment(settings) | plain | {"ARTGATE_API_URL": address, "PATH": path}


def test_all_blocks_are_of_a_kind_that_is_run() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "python"}


def test_the_page_runs_from_top_to_bottom(shell: dict[str, str], tmp_path: Path) -> None:
    """As one session of a shell, in which each Python block is a program."""
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    lines = ["set -euo pipefail"]
    for number, (kind, block) in enumerate(BLOCKS):
        lines.append(f"echo '{MARK}'")
        if kind == "python":
            (tmp_path / f"block{number}.py").write_text(block)
        lines.append(f"python block{number}.py" if kind == "python" else block)

    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    told = done.stdout.split(f"{MARK}\n")[1:]
    _, _, posted, verdict, client, parsed, signed, changes, appealed, stored, erased = told
    assert re.search(r'{"ids":\["[0-9a-f-]{36}"\]}', posted)
    assert re.search(r'"label":"(GENUINE|UNCERTAIN|SYNTHETIC)","by":"machine"', verdict)
    assert re.search(r"^(GENUINE|UNCERTAIN|SYNTHETIC) machine 0\.\d+\nnot_found of this object", client)
    assert "second.jpg" in parsed
    assert re.search(r'{"ids":\["[0-9a-f-]{36}"\]}', signed)
    assert re.search(r'"label":"(GENUINE|UNCERTAIN|SYNTHETIC)","by":"machine"', signed)
    assert "first.jpg" in changes
    assert "open" in appealed
    assert '"part":"uploads"' in stored
    assert "running" in erased
