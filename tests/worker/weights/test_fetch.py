"""What is fetched, from where, and what is left alone."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

import detector
from detector.reasons import Fault, Reason
from worker.weights import fetch, hub
from worker.weights.catalogue import packaged
from worker.weights.folder import WeightsFolder
from worker.weights.wanted import STARTER, wanted_by

BACKBONE = "convnext_tiny.fb_in22k"
WEIGHTS = save({"a": np.arange(4, dtype=np.float32)})
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
PATH = f"/timm/{BACKBONE}/resolve/main/model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> WeightsFolder:
    return WeightsFolder(tmp_path / "weights")


@pytest.fixture
def said() -> list[str]:
    return []


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()
        if self.command == "GET" and self.path == PATH:
            self.wfile.write(WEIGHTS)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        known = self.path in {"/", PATH}
        self.send_response(200 if known else 404)
        if not known:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", str(len(WEIGHTS) if known else 0))
        self.send_header("ETag", f'"{SHA256}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()


@pytest.fixture
def own_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(hub, "_default_endpoint", lambda: address)
    yield address
    server.shutdown()
    server.server_close()


def test_the_hub_gives_what_no_package_has_and_it_is_kept_under_its_name(
    own_hub: str, folder: WeightsFolder, said: list[str]
) -> None:
    file = fetch.obtain(BACKBONE, folder, said.append)
    assert (file, file.read_bytes()) == (folder.file(SHA256), WEIGHTS)
    assert "hub" in said[0]
    assert fetch.obtain(BACKBONE, folder, said.append) == file
    assert len(said) == 1, "what is there is not fetched again"


def test_weights_of_the_hub_that_hash_otherwise_are_refused(
    own_hub: str, folder: WeightsFolder, said: list[str]
) -> None:
    with pytest.raises(Fault) as fault:
        fetch.ensure({BACKBONE: "0" * 64}, folder, said.append)
    assert fault.value.reason is Reason.WEIGHTS_HASH_MISMATCH
    assert list(folder.path.iterdir()) == []


def test_a_hub_without_these_weights_is_one_sentence(own_hub: str, folder: WeightsFolder) -> None:
    with pytest.raises(Fault, match="can't be fetched") as fault:
        fetch.obtain("convnext_tiny.in12k", folder, print)
    assert fault.value.reason is Reason.WEIGHTS_MISSING


def test_a_missing_network_is_one_sentence_at_once(
    folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own library would try for 23 seconds and print each attempt."""
    monkeypatch.setattr(hub, "_default_endpoint", lambda: "http://127.0.0.1:9")
    monkeypatch.setattr(hub, "_repository", lambda _: pytest.fail("timm is not loaded for that"))
    with pytest.raises(Fault, match="the hub does not answer") as fault:
        fetch.obtain(BACKBONE, folder, print)
    assert "\n" not in fault.value.message


def test_a_name_that_timm_does_not_know_is_refused(own_hub: str, folder: WeightsFolder) -> None:
    with pytest.raises(Fault, match="no weights named"):
        fetch.obtain("convnext_tiny.nobodys", folder, print)


def test_what_a_bundle_names_and_is_there_is_not_fetched(folder: WeightsFolder, said: list[str]) -> None:
    folder.keep(WEIGHTS, SHA256)
    assert fetch.ensure({BACKBONE: SHA256}, folder, said.append) == []
    assert said == []


def test_packaged_weights_that_are_kept_are_found_by_the_backbones_name(
    folder: WeightsFolder, said: list[str]
) -> None:
    entry = packaged(backbone="tf_efficientnet_lite0.in1k")
    assert entry is not None
    folder.path.mkdir()
    folder.file(entry.sha256).write_bytes(WEIGHTS)
    assert fetch.obtain(entry.backbone, folder, said.append) == folder.file(entry.sha256)
    assert said == []


def test_a_file_of_ones_own_is_kept_by_its_hash(folder: WeightsFolder, tmp_path: Path) -> None:
    own = tmp_path / "own.safetensors"
    own.write_bytes(WEIGHTS)
    assert fetch.adopt(own, SHA256, folder, "own.tag") == SHA256
    assert folder.file(SHA256).read_bytes() == WEIGHTS
    assert folder.named("own.tag") == SHA256
    assert folder.file(SHA256).stat().st_mode & 0o444 == 0o444, "other users may read it"


@pytest.mark.parametrize(
    ("data", "sha256", "reason"),
    [
        (WEIGHTS, "0" * 64, Reason.WEIGHTS_HASH_MISMATCH),
        (b"PK\x03\x04 a zip file", None, Reason.WEIGHTS_MISSING),
        (b"", None, Reason.WEIGHTS_MISSING),
        (None, None, Reason.WEIGHTS_MISSING),
    ],
)
def test_a_file_that_is_not_what_it_should_be_leaves_nothing(
    data: bytes | None, sha256: str | None, reason: Reason, folder: WeightsFolder, tmp_path: Path
) -> None:
    own = tmp_path / "own.safetensors"
    if data is not None:
        own.write_bytes(data)
    with pytest.raises(Fault) as fault:
        fetch.adopt(own, sha256, folder)
    assert fault.value.reason is reason
    assert not folder.path.exists() or list(folder.path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fault, match="ARTGATE_WEIGHTS_DIR") as fault:
        WeightsFolder(tmp_path / "file" / "weights").keep(WEIGHTS, SHA256)
    assert fault.value.reason is Reason.SETTINGS_INVALID


def test_a_bundle_names_its_weights_as_a_folder_and_as_one_file(tmp_path: Path) -> None:
    manifest = json.dumps({"weights": {"a.b": "1", "c.d": "2"}})
    (tmp_path / "manifest.json").write_text(manifest)
    with zipfile.ZipFile(tmp_path / "one.artgate", "w") as archive:
        archive.writestr("manifest.json", manifest)
    assert wanted_by(tmp_path) == wanted_by(tmp_path / "one.artgate") == {"a.b": "1", "c.d": "2"}


def test_the_starter_is_where_the_detector_has_it() -> None:
    assert detector.STARTER == STARTER


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": []}'])
def test_a_folder_that_is_no_bundle_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Fault, match="no bundle"):
        wanted_by(tmp_path)
