"""What the demo prints at its end: every verdict in a table, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from db.engine import make_engine, make_sessions
from db.queries import dossiers
from db.queries.dossiers import Dossier
from db.queries.verdicts import StoredVerdict
from deploy.local.demo.people import Person
from deploy.local.demo.plan import MODERATOR
from deploy.local.demo.scan import Upload
from worker.cli.output import fits
from worker.settings import Settings

_COLOURS = {"GENUINE": "green", "UNCERTAIN": "yellow", "SYNTHETIC": "red"}
_VERDICT = ("verdict", "prob.", "LGBM", "SVM", "RF", "veto", "model")
_YES, _NO = "\N{CHECK MARK}", "\N{BALLOT X}"
_SHORT = {
    "fetch": "fetch",
    "decode": "decode",
    "features": "feat.",
    "embedding": "embed",
    "ensemble": "score",
    "veto": "veto",
}
"""Headings of the stages, in their order."""
_LEGEND = f"""\
prob.: calibrated probability of being made by a generator
LGBM, SVM, RF: the same of each member; veto: asked where they say SYNTHETIC,
{_YES} agrees, {_NO} makes it UNCERTAIN; model: id of the bundle; all else: milliseconds"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one upload."""

    name: str
    dossier: Dossier

    @property
    def verdict(self) -> StoredVerdict | None:
        """The verdict; None for a refusal."""
        return self.dossier.verdicts[0] if self.dossier.verdicts else None

    @property
    def refusal(self) -> str:
        """Why there is no verdict."""
        event = self.dossier.events[0]
        return str(event.reason or event.state)


def answers_to(settings: Settings, uploads: Sequence[Upload]) -> list[Answer]:
    """Read from the database what came of each upload."""
    engine = make_engine(settings.database_url.get_secret_value(), application="artgate demo")
    try:
        with make_sessions(engine)() as session:
            found = [dossiers.of_object(session, upload.bucket, upload.key) for upload in uploads]
    finally:
        engine.dispose()
    return [Answer(name=upload.name, dossier=it) for upload, it in zip(uploads, found, strict=True)]


def print_answers(answers: Sequence[Answer], screen: Console) -> None:
    """Print one row for each picture, as two tables where the screen is too narrow for one."""
    stages = _stages(answers)
    whole = _table(answers, _VERDICT, stages)
    if fits(whole, screen):
        screen.print(whole)
    else:
        screen.print(_table(answers, _VERDICT, ()), _table(answers, (), stages))
    screen.print(_LEGEND, style="dim")


def _table(answers: Sequence[Answer], columns: Sequence[str], stages: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False)
    for name in ("picture", *columns):
        justify: JustifyMethod = "left" if name in {"picture", "verdict"} else "right"
        table.add_column(name, justify=justify, no_wrap=True)
    for name in (*stages, "all") if stages else ():
        table.add_column(_SHORT.get(name, name), justify="right", no_wrap=True, style="dim")
    for answer in answers:
        table.add_row(answer.name, *_cells(answer, verdict=bool(columns), stages=stages))
    return table


def door(settings: Settings, people: Sequence[Person]) -> str:
    """Where the console is, and who can sign in: a moderator, and then a senior."""
    moderator, senior = (f"sign in as {person.name}, password {person.password}" for person in people)
    return f"""\
Look at them in a browser:
  the console           http://{settings.console_host}:{settings.console_port}/console/
  a moderator           {moderator}
  a senior              {senior} (in a private
                        window): what {MODERATOR} calls synthetic needs a second
                        person, who gets it when the minute for undo is over
  keys                  n next item; g genuine, s synthetic, c cannot tell;
                        u undo; ? all of them"""


def next_steps(answers: Sequence[Answer], told: int, deliveries: Path, console: str) -> str:
    """What a reader can do now, with names and ids that work.

    Args:
        answers: what came of the uploads.
        told: how many of them the platform knows.
        deliveries: where it wrote them down.
        console: what `door` says.
    """
    waiting = [item for answer in answers for item in answer.dossier.items if item.state == "open"]
    item = str(waiting[0].id) if waiting else "ITEM"
    return f"""
{len(waiting)} of {len(answers)} wait in the review queue for a person.
{console}

{told} answers were told to the platform; its signed webhooks are in
{deliveries}

The stack runs on. `make demo-shell` opens a shell in which artgate reaches it; there:
  look at the queue     artgate queue list
  look at one item      artgate queue show {item}
  decide one            artgate queue claim {item} --as {MODERATOR}
                        artgate queue decide {item} synthetic --lease 1 --as {MODERATOR}
  one picture's story   artgate show s3://{answers[0].dossier.bucket}/{answers[0].dossier.key}
  where all stands      artgate status
Your own pictures:
  a folder              .venv/bin/artgate detect FOLDER         (needs no stack)
  a bucket              stop, then name it: ARTGATE_S3_ENDPOINT, ARTGATE_S3_ACCESS_KEY,
                        ARTGATE_S3_SECRET_KEY and ARTGATE_BUCKETS=BUCKET before `make demo`; then
                        artgate submit s3://BUCKET/PREFIX --recursive
Stop it all:            make demo-stop"""


def _cells(answer: Answer, *, verdict: bool, stages: Sequence[str]) -> list[str | Text]:
    given = answer.verdict
    if given is None:
        return [Text(answer.refusal, style="magenta")] if verdict else []
    return [*(_verdict(given) if verdict else ()), *(_milliseconds(given, stages) if stages else ())]


def _verdict(verdict: StoredVerdict) -> list[str | Text]:
    numbers = (verdict.probability, verdict.lightgbm, verdict.svm, verdict.random_forest)
    return [
        Text(verdict.label, style=_COLOURS[verdict.label]),
        *(f"{number:.3f}" for number in numbers),
        _veto(verdict),
        verdict.bundle_id[:8],
    ]


def _milliseconds(verdict: StoredVerdict, stages: Sequence[str]) -> list[str]:
    spent = [verdict.stage_ms.get(stage) for stage in stages]
    total = sum(value for value in verdict.stage_ms.values() if isinstance(value, int | float))
    return [*("" if value is None else f"{value:.0f}" for value in spent), f"{total:.0f}"]


def _veto(verdict: StoredVerdict) -> str:
    if verdict.veto_probability is None:
        return "\N{EN DASH}"
    return f"{verdict.veto_probability:.3f} {_NO if verdict.veto_applied else _YES}"


def _stages(answers: Sequence[Answer]) -> list[str]:
    """Names of all stages that occurred, in the order in which a picture goes through them."""
    verdicts = [answer.verdict for answer in answers if answer.verdict is not None]
    found = {stage for verdict in verdicts for stage in verdict.stage_ms}
    return [*(stage for stage in _SHORT if stage in found), *sorted(found - _SHORT.keys())]
