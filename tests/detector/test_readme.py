"""What the detector's README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import detector
from tests.bundles import make_bundle
from tests.pictures import jpeg

README = Path(detector.__file__).parent / "README.md"


@pytest.mark.parametrize(("data", "says"), [(jpeg(), "UNCERTAIN 0."), (b"", "no verdict: empty ")])
def test_the_example_gives_a_verdict_or_a_reason(
    data: bytes,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With a small bundle in the place of the one that comes with artgate."""
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert "load_bundle()" in example
    monkeypatch.chdir(tmp_path)
    Path("picture.jpg").write_bytes(data)
    bundle = make_bundle(tmp_path)
    exec(example.replace("load_bundle()", f"load_bundle(Path({str(bundle)!r}))", 1), {})
    assert capsys.readouterr().out.startswith(says)


def test_every_module_that_it_names_exists() -> None:
    named = re.findall(r"^\| [^|]+ \| (`[^|]+`) \|", README.read_text(), re.MULTILINE)
    modules = {name for cell in named for name in re.findall(r"`(\w+)`", cell)}
    assert len(modules) > 8
    for name in modules:
        assert list(README.parent.glob(f"{name}*")), name
