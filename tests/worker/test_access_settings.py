"""Settings of signing in, as the environment gives them."""

from __future__ import annotations

import pytest

from detector.reasons import Fault
from worker.settings import read_settings

OIDC = {
    "ISSUER": "https://id.example",
    "CLIENT_ID": "artgate",
    "REDIRECT_URL": "https://moderation.example/v1/access/oidc/callback",
    "ROLES": '{"art-team": "moderator"}',
}


def given(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    """Set the variables."""
    for name, value in values.items():
        monkeypatch.setenv(f"ARTGATE_OIDC_{name}", value)


def test_a_provider_is_described_by_four_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, OIDC | {"SECOND_FACTOR": "mfa, hwk"})
    settings = read_settings()
    assert settings.oidc_roles == {"art-team": "moderator"}
    assert settings.oidc_second_factor == ("mfa", "hwk")


@pytest.mark.parametrize("missing", ["CLIENT_ID", "REDIRECT_URL", "ROLES"])
def test_half_a_provider_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """It would let nobody in."""
    given(monkeypatch, {name: value for name, value in OIDC.items() if name != missing})
    with pytest.raises(Fault, match=f"ARTGATE_OIDC_{missing}"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ISSUER", "id.example", "http://"),
        ("ROLES", "art-team", "JSON object"),
        ("ROLES", '{"art-team": "service"}', "OIDC_ROLES"),
        ("SCOPES", "profile", "OIDC_SCOPES"),
    ],
)
def test_a_slip_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    given(monkeypatch, OIDC | {name: value})
    with pytest.raises(Fault, match=says):
        read_settings()


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "console"])
def test_a_browser_is_sent_to_a_path_of_ours_alone(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("ARTGATE_AFTER_SIGN_IN", path)
    with pytest.raises(Fault, match="AFTER_SIGN_IN"):
        read_settings()
