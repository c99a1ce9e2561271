"""Folders of running stacks, and what is done about those whose owner is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.local.processes import Identity
from deploy.local.workspace import Workspace, clean

_OWNER = """
import os, signal, subprocess, sys
from pathlib import Path
from deploy.local.processes import Identity
from deploy.local.workspace import Workspace
workspace = Workspace.create(Path(sys.argv[1]), "test")
left = subprocess.Popen(["/bin/sleep", "65"], stdout=subprocess.DEVNULL, start_new_session=True)
workspace.record(Identity.of(left.pid))
print(workspace.folder, left.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_owner_left_is_cleaned_by_the_next_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False
    )
    folder, pid = done.stdout.split()
    assert Identity.of(int(pid)) is not None
    mine = Workspace.create(tmp_path, "test")
    assert not Path(folder).exists()
    assert Identity.of(int(pid)) is None
    assert mine.folder.exists()


def test_a_living_owners_folder_is_kept(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path, "test")
    assert clean(tmp_path) == []
    assert workspace.owner == Identity.of(os.getpid())
    assert not workspace.abandoned
    workspace.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path, "test")
    with (workspace.folder / "sessions").open("a") as file:
        file.write("12345")
    assert workspace.end_sessions() == 0
