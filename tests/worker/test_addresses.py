"""Addresses of objects as people write them."""

from __future__ import annotations

import pytest

from detector.reasons import Reason, Rejected
from worker.addresses import object_address, prefix_address


@pytest.mark.parametrize(
    ("address", "bucket", "key"),
    [
        ("s3://uploads/a.png", "uploads", "a.png"),
        ("s3://uploads/a b/ü%20+.png", "uploads", "a b/ü%20+.png"),
        ("s3://uploads//a.png", "uploads", "/a.png"),
    ],
)
def test_a_key_is_taken_as_it_stands(address: str, bucket: str, key: str) -> None:
    assert object_address(address) == (bucket, key)


@pytest.mark.parametrize("address", ["uploads/a.png", "http://uploads/a.png", "s3://", "s3:///a.png"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected) as error:
        prefix_address(address)
    assert error.value.reason is Reason.BAD_EVENT


@pytest.mark.parametrize("address", ["s3://uploads", "s3://uploads/"])
def test_a_bucket_alone_is_a_prefix_and_no_object(address: str) -> None:
    assert prefix_address(address) == ("uploads", "")
    with pytest.raises(Rejected, match="names no object"):
        object_address(address)
