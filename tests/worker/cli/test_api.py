"""``artgate api`` against a running hook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.models import HumanLabel
from deploy.local.launch import free_port
from tests.servers import Bucket
from tests.worker.cli import shell
from tests.worker.cli.conftest import Outcome
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import TOKEN, decided, finish, fresh_key
from tests.worker.running import serving
from worker.clock import new_id
from worker.settings import Settings

Api = Callable[..., Outcome]
JSONL = ("--format", "jsonl")


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    named = {"hook_tokens": (TOKEN,), "hook_port": free_port(), "erase_at_once": 1}
    return Settings(**(settings.model_dump() | named))


@pytest.fixture(scope="module")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(settings, tmp_path_factory.mktemp("hook")) as made:
        yield made


@pytest.fixture
def api(address: str) -> Api:
    """``artgate api`` with the address and the token in the environment."""

    def run(*words: object) -> Outcome:
        return shell.artgate("api", *words, ARTGATE_API_URL=address, ARTGATE_API_TOKEN=TOKEN)

    return run


@pytest.fixture
def filed(sessions: Sessions, bucket: Bucket) -> Filed:
    """A picture that ann has called SYNTHETIC."""
    with sessions.begin() as session:
        key = fresh_key()
        made = file_uncertain(session, bucket.name, key, uploader=f"of {key}")
        finish(session, made)
    decided(sessions, made.item, HumanLabel.SYNTHETIC)
    return made


def test_a_verdict_is_said_by_image_event_and_address(api: Api, filed: Filed, bucket: Bucket) -> None:
    said = api("verdict", filed.image)
    assert "SYNTHETIC" in said.out
    assert "person" in said.out
    told = json.loads(api("verdict", filed.event, *JSONL).out)
    assert told["label"] == "SYNTHETIC"
    assert json.loads(api("verdict", f"s3://{bucket.name}/{told['key']}", *JSONL).out) == told


def test_an_upload_is_posted_and_changes_are_followed(api: Api, filed: Filed, bucket: Bucket) -> None:
    posted = api("post", f"s3://{bucket.name}/{fresh_key()}", "--uploader", "ann", *JSONL)
    assert posted.status == 0, posted.err
    assert json.loads(posted.out)["id"]
    lines = [json.loads(line) for line in api("changes", *JSONL).out.splitlines()]
    assert str(filed.item) in {line["data"].get("item_id") for line in lines}
    assert api("changes", "--after", lines[-1]["number"]).out == (
        f"nothing has changed since {lines[-1]['number']}\n"
    )


def test_an_appeal_with_a_file_is_filed_and_followed(
    api: Api, filed: Filed, bucket: Bucket, tmp_path: Path
) -> None:
    sketch = tmp_path / "a, sketch.png"
    sketch.write_bytes(b"sketch")
    bucket.put("sketch.png", b"sketch")
    shown = f"sketches,{sketch},s3://{bucket.name}/sketch.png"
    made = api("appeal", filed.image, "--appellant", "artist", "--evidence", shown, *JSONL)
    assert made.status == 0, made.err
    body = json.loads(made.out)
    assert body["evidence"][0]["size"] == 6
    assert "open" in api("appealed", body["id"]).out


def test_a_picture_is_erased_when_it_is_meant(api: Api, filed: Filed) -> None:
    assert api("erase", "--image", filed.image).status != 0
    done = api("erase", "--image", filed.image, "--yes", *JSONL)
    report = json.loads(done.out)
    assert (report["state"], report["images"]) == ("done", 1)
    assert "done" in api("erased", report["erasure"]).out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("verdict", "nonsense"), 3, "[bad_request]"),
        (("verdict", str(new_id())), 3, "[not_found]"),
        (("appealed", str(new_id())), 3, "[not_found]"),
        (("erase", "--yes"), 2, "--image, --object and"),
        (("appeal", str(new_id()), "--appellant", "a", "--evidence", "layers"), 2, "KIND,FILE,s3://"),
        (
            ("appeal", str(new_id()), "--appellant", "a", "--evidence", "layers,/no/file,s3://b/k"),
            3,
            "[file_unreadable]",
        ),
    ],
)
def test_a_mistake_is_one_sentence(api: Api, words: tuple[str, ...], status: int, says: str) -> None:
    refused = api(*words)
    assert (refused.status, refused.out) == (status, "")
    assert says in " ".join(refused.err.split())


def test_without_a_token_it_says_how_to_get_one(address: str) -> None:
    refused = shell.artgate("api", "changes", ARTGATE_API_URL=address)
    assert refused.status == 2
    assert "ARTGATE_API_TOKEN" in refused.err
