"""``artgate train``: a bundle from labelled pictures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.audit import LIMIT, LimitOption

_WHERE = "Where and what"
_HOW = "How it is fitted"
_BAND = "Thresholds that are solved"


class PresetName(StrEnum):
    """Names in ``detector.training.presets``."""

    STARTER = "starter"
    PUBLISHED = "published"
    CHEAP = "cheap"


class WeightsFrom(StrEnum):
    """Where the members' weights come from."""

    FIXED = "fixed"
    FOLDS = "folds"


class Drawn(StrEnum):
    """What an upper bound takes to be drawn by chance."""

    PICTURES = "pictures"
    GROUPS = "groups"


class Device(StrEnum):
    """Where a veto is tuned."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


def train(
    *,
    corpus: Annotated[
        Path,
        typer.Option(
            metavar="MANIFEST.csv",
            help="The pictures: a CSV file with at least path, label (human or ai), group and domain.",
            rich_help_panel=_WHERE,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder that the bundle is written into.", rich_help_panel=_WHERE),
    ],
    name: Annotated[str, typer.Option(help="Name of the bundle.", rich_help_panel=_WHERE)] = "trained",
    held_out: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Folder of pictures to try it on later: none is learned from.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder that keeps what was measured, so that a second run is quick; ARTGATE_CACHE_DIR "
            "without it.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    max_shortcut_auc: LimitOption = LIMIT,
    accept_shortcuts: Annotated[
        bool,
        typer.Option(
            "--accept-shortcuts",
            help="Fit it although `artgate data audit` finds shortcuts; the bundle says so.",
        ),
    ] = False,
    preset: Annotated[
        PresetName,
        typer.Option(
            help="starter: what the shipped bundle is made by. published: the published recipe on "
            "ConvNeXt-Tiny. cheap: EfficientNet-Lite0 without a veto. The options below change parts of it.",
            rich_help_panel=_HOW,
        ),
    ] = PresetName.STARTER,
    backbone: Annotated[
        str | None,
        typer.Option(
            help="The embedding: arch.tag as timm names it, or with blocks and views; none for none.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    components: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Principal components that stand for the embedding; 0 leaves it whole.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    weights: Annotated[
        WeightsFrom,
        typer.Option(
            help="fixed: 0.4 LightGBM, 0.5 SVM, 0.1 forest. folds: those that are best on unseen groups.",
            rich_help_panel=_HOW,
        ),
    ] = WeightsFrom.FIXED,
    prior: Annotated[
        float | None,
        typer.Option(
            help="Share of generated pictures among uploads that the probability assumes; 0.5 without it.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    veto: Annotated[
        str | None,
        typer.Option(
            help="What the veto is tuned on: an embedding of one view, at one block or the last layer; auto "
            "takes what goes with --backbone, none fits a bundle without a veto.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    veto_domains: Annotated[
        str | None,
        typer.Option(
            metavar="DOMAIN,...",
            help="Domains that the veto learns from; all for all. The preset's without it.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    device: Annotated[
        Device, typer.Option(help="Where the veto is tuned; auto takes a GPU.", rich_help_panel=_HOW)
    ] = Device.AUTO,
    max_false_accusation: Annotated[
        float | None,
        typer.Option(
            help="Upper 95 % bound of the share of people's pictures called SYNTHETIC, such as 0.01.",
            rich_help_panel=_BAND,
        ),
    ] = None,
    max_false_clearance: Annotated[
        float | None,
        typer.Option(
            help="Upper 95 % bound of the share of generated pictures called GENUINE.",
            rich_help_panel=_BAND,
        ),
    ] = None,
    bound: Annotated[
        Drawn,
        typer.Option(
            help="What the bounds take to be drawn: single pictures, or whole groups, which is stricter.",
            rich_help_panel=_BAND,
        ),
    ] = Drawn.PICTURES,
    costs: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=COST,...",
            help="What a verdict costs: accusation=100,clearance=10,review=1 without it.",
            rich_help_panel=_BAND,
        ),
    ] = None,
    review_capacity: Annotated[
        int | None,
        typer.Option(min=0, help="Pictures that moderators can look at in a day.", rich_help_panel=_BAND),
    ] = None,
    uploads: Annotated[
        int | None,
        typer.Option(min=1, help="Uploads in a day, beside --review-capacity.", rich_help_panel=_BAND),
    ] = None,
) -> None:
    """Fit a bundle on a corpus of labelled pictures, and say how good it is on sources it has not seen.

    A corpus whose classes can be told apart by size, format, margins, domain and the like is refused: see
    `artgate data audit`.

    The same corpus, version and options give the same bundle. Pictures of one group (a source, or a
    generator) are never split between fitting and judging. Thresholds are 0.35 and 0.65, or solved where one
    of the last options is given: among those that hold the demands, the cheapest. The review capacity gives
    way to the bounds; a bound that so few pictures can't show means that no such verdict is given. What gave
    way is told, and by how much.
    """
    from worker.cli.work import train as work  # noqa: PLC0415 - help needs no models
    from worker.cli.work.recipe import Wishes  # noqa: PLC0415 - see above

    wishes = Wishes(
        preset=preset.value,
        backbone=backbone,
        veto=veto,
        components=components,
        choose_weights=weights is WeightsFrom.FOLDS,
        prior=prior,
        veto_domains=veto_domains,
        max_false_accusation=max_false_accusation,
        max_false_clearance=max_false_clearance,
        bound=bound.value,
        costs=costs,
        review_capacity=review_capacity,
        uploads=uploads,
    )
    work.train(
        work.Order(
            manifest=corpus,
            held_out=held_out,
            wishes=wishes,
            device=device.value,
            name=name,
            max_shortcut_auc=max_shortcut_auc,
            accept_shortcuts=accept_shortcuts,
            out=out,
            cache=cache,
        )
    )
