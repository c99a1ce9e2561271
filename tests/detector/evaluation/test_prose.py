"""Figures of a manifest in words."""

from __future__ import annotations

from detector.evaluation.metrics import Share
from detector.evaluation.prose import flat, is_share, share_text, title_of, titled

FEW, MANY = Share(count=1, total=8).as_json(), Share(count=5, total=50).as_json()


def test_a_share_is_told_with_its_interval_and_a_star_where_it_is_of_few() -> None:
    assert share_text(MANY) == "10.0 % (4.3 to 21.4) of 50"
    assert share_text(FEW) == "12.5 % (2.2 to 47.1) of 8*"


def test_only_what_has_all_members_is_a_share() -> None:
    assert is_share(MANY)
    assert is_share(MANY | {"claim": "more"})
    assert not is_share({"count": 1, "total": 2})
    assert not is_share(MANY | {"rate": None}), "of nothing"
    assert not is_share(0.5)


def test_nested_figures_become_one_list() -> None:
    figures = {
        "auc": {"value": 0.9, "low": 0.85, "high": 0.95},
        "uncertain": {"all": MANY, "photo": FEW},
        "domains": ["anime", "photo"],
        "method": "by group",
    }
    assert list(flat(figures)) == [
        ("auc", "0.900 (0.850 to 0.950)"),
        ("uncertain all", "10.0 % (4.3 to 21.4) of 50"),
        ("uncertain photo", "12.5 % (2.2 to 47.1) of 8*"),
        ("domains", "anime, photo"),
        ("method", "by group"),
    ]
    assert next(titled(figures)) == ("AUC", "0.900 (0.850 to 0.950)")


def test_an_interval_without_a_number_is_no_interval() -> None:
    assert dict(flat({"auc": {"value": None, "low": None, "high": None}})) == {
        "auc value": None,
        "auc low": None,
        "auc high": None,
    }


def test_names_are_written_as_people_write_them() -> None:
    assert title_of("ai_called_genuine") == "AI called GENUINE"
    assert title_of("human_called_synthetic_without_veto") == "human called SYNTHETIC without veto"
