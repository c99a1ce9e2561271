"""A storage that lets artgate see an object but not read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.local.seaweedfs import SeaweedFS
from detector.reasons import Reason
from tests.acceptance.conftest import Installation
from tests.pictures import jpeg
from tests.servers import Bucket
from worker.settings import Settings


@pytest.fixture(scope="module")
def bucket(new_versioned_bucket: Callable[[], Bucket]) -> Bucket:
    return new_versioned_bucket()


@pytest.fixture(scope="module")
def settings(settings: Settings, seaweedfs: SeaweedFS) -> Settings:
    """Those of everybody, with a key that may list and not read."""
    limited = seaweedfs.limited_access
    named = {"s3_access_key": limited.access_key, "s3_secret_key": limited.secret_key}
    changes = {name: type(settings.hook_secrets[0])(value) for name, value in named.items()}
    return settings.model_copy(update=changes)


def test_an_object_that_may_not_be_read_is_refused(installation: Installation) -> None:
    event_id = installation.upload("secret.jpg", jpeg())
    told = installation.wait_until_told(event_id).json
    assert (told["type"], told["reason"]) == ("refusal", Reason.OBJECT_FORBIDDEN)
    assert installation.standing(event_id)["state"] == "refused"
    assert installation.worker.running
