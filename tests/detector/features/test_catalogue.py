"""The one list of names."""

from __future__ import annotations

import subprocess
import sys

import pytest

from detector.features import ALL_GROUPS, HC148
from detector.features.catalogue import SCHEMAS, schemas
from detector.features.extraction import GROUPS

from .golden import VALUES

_HASH = "89e3c38c9fab7a4a917526c2469182e5cc0e1bf52e362c39cd3d98ce7cd751d4"


def test_the_schema_has_the_specified_hash() -> None:
    assert HC148.sha256 == _HASH
    assert len(HC148.names) == 148


def test_names_and_order_are_those_of_the_golden_tables() -> None:
    assert HC148.names == tuple(VALUES["hc148.csv"]["01_astronaut.png"])
    optional = [name for group in ALL_GROUPS[1:] for name in SCHEMAS[group].names]
    assert optional == list(VALUES["optional.csv"]["01_astronaut.png"])


def test_the_number_in_a_schema_name_is_its_length() -> None:
    for name, schema in SCHEMAS.items():
        assert name.endswith(str(len(schema.names)))


def test_every_group_has_a_function_and_every_function_a_group() -> None:
    assert [group for schema in SCHEMAS.values() for group in schema.groups] == list(GROUPS)


@pytest.mark.parametrize("groups", [(), ("hc149",), ("hc148", "hc148")])
def test_unknown_or_repeated_names_are_refused(groups: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="hc148, color_coherence6, cross_subband4, linework8"):
        schemas(groups)


def test_the_catalogue_needs_no_numeric_library() -> None:
    program = "import sys, detector.features; print(*{'numpy', 'cv2', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
