"""The bill of materials names all that the locks pin, in the form that scanners read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.packaging import sbom

ROOT = Path(__file__).parents[3]
ONE = "a" * 64
LOCK = f"""# Written by `make lock`.
--extra-index-url https://example.org/whl
torch==2.0+cpu \\
    --hash=sha256:{ONE} \\
    --hash=sha256:{"b" * 64}
some_name==1.2 ; python_full_version < '3.12' \\
    --hash=sha256:{ONE}
some_name==1.3 ; python_full_version >= '3.12' \\
    --hash=sha256:{ONE}
"""
DOCUMENT = {
    "$schema",
    "bomFormat",
    "specVersion",
    "serialNumber",
    "version",
    "metadata",
    "components",
    "dependencies",
}
COMPONENT = {"type", "bom-ref", "name", "version", "purl", "hashes", "licenses", "properties"}
"""Members of CycloneDX 1.6 that are used here; it allows no others than its own."""
PURL = re.compile(r"pkg:pypi/[a-z0-9.-]+@[A-Za-z0-9.%-]+")
SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The bills of both locks."""
    folder = tmp_path_factory.mktemp("sbom")
    sbom.main(folder)
    return {file.name: json.loads(file.read_text()) for file in folder.iterdir()}


def test_both_bills_have_the_form_and_refer_to_what_is_there(written: dict[str, dict[str, Any]]) -> None:
    assert set(written) == {"artgate-cpu.cdx.json", "artgate-cuda.cdx.json"}
    for document in written.values():
        assert set(document) == DOCUMENT
        assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
        assert SERIAL.fullmatch(document["serialNumber"])
        for component in (document["metadata"]["component"], *document["components"]):
            assert set(component) <= COMPONENT
            assert component["type"] in {"application", "library"}
            assert PURL.fullmatch(component["purl"]), component
        refs = [component["bom-ref"] for component in document["components"]]
        assert len(refs) == len(set(refs))
        (product,) = document["dependencies"]
        assert product["ref"] == document["metadata"]["component"]["bom-ref"]
        assert product["dependsOn"] == refs


@pytest.mark.parametrize(
    ("name", "lock"),
    [("artgate-cpu.cdx.json", "requirements.lock"), ("artgate-cuda.cdx.json", "requirements-cuda.lock")],
)
def test_every_pin_of_a_lock_is_a_component_with_all_its_hashes(
    written: dict[str, dict[str, Any]], name: str, lock: str
) -> None:
    text = (ROOT / lock).read_text()
    components = written[name]["components"]
    assert len(components) == sum("==" in line and line[0].isalpha() for line in text.splitlines())
    assert sum(len(component["hashes"]) for component in components) == text.count("--hash=sha256:")
    assert {"torch", "numpy", "sqlalchemy"} <= {component["name"] for component in components}


def test_a_package_of_several_pythons_is_several_components_with_their_markers() -> None:
    torch, older, newer = sbom.bill(LOCK, name="artgate", version="1")["components"]
    assert torch["purl"] == "pkg:pypi/torch@2.0%2Bcpu"
    assert [each["content"] for each in torch["hashes"]] == [ONE, "b" * 64]
    assert older["purl"] == "pkg:pypi/some-name@1.2"
    assert older["properties"] == [{"name": "artgate:marker", "value": "python_full_version < '3.12'"}]
    assert older["bom-ref"] != newer["bom-ref"]


def test_the_same_lock_gives_the_same_bill_and_another_another() -> None:
    first, again = (sbom.bill(LOCK, name="artgate", version="1") for _ in range(2))
    other = sbom.bill(LOCK.replace("2.0", "2.1"), name="artgate", version="1")
    assert first == again
    assert first["serialNumber"] != other["serialNumber"]


@pytest.mark.parametrize(
    "line", ["numpy==1.0", "numpy>=1.0 \\\n    --hash=sha256:" + ONE, "numpy @ file:///x"]
)
def test_a_lock_that_pins_something_loosely_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no pin with hashes: numpy"):
        list(sbom.pins(f"# a comment\n{line}\n"))
