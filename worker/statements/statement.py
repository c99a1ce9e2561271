"""A statement of reasons with the fields of Art. 17(3) of the EU's Digital Services Act. Pure.

Its sentences are put together from what happened: who decided, what the model had said and why people were
asked. What only the platform knows, the clause of its terms and what it does with the picture, comes from the
settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.models import VerdictLabel
from db.queries.statements import Facts, HumanPart
from db.queries.verdicts import StoredVerdict
from detector.reasons import Reason
from worker.statement_settings import Restriction, StatementSettings

_DONE = {
    Restriction.REMOVED: "The picture was removed.",
    Restriction.DISABLED: "Access to the picture was disabled.",
    Restriction.DEMOTED: "The picture is shown less prominently.",
    Restriction.AGE_RESTRICTED: "The picture is shown to adults only.",
    Restriction.INTERACTION_RESTRICTED: "Others can't react to the picture.",
    Restriction.LABELLED: "The picture carries a label that says it was made by a generator.",
}
_APPEAL = (
    "An appeal can be filed with the platform, with working files, sketches or a recording as evidence. It "
    "is decided by a person who has not dealt with the picture and is not told of the first decision."
)
_ELSEWHERE = (
    "A dispute can also be brought before an out-of-court dispute settlement body that is certified under "
    "Art. 21 of Regulation (EU) 2022/2065, or before a court."
)
_UNSTATED = "The platform has not stated the clause of its terms."
_SHOWN = 12
"""Letters of a bundle's id that tell it from others."""


class Automation(StrEnum):
    """How far a decision was made by machines."""

    FULLY = "fully"
    """No person looked."""
    PARTIALLY = "partially"
    """People decided, and a model's verdict had brought the picture before them."""
    NOT = "not"
    """People decided of a file that no model had judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Why one picture was called SYNTHETIC."""

    id: UUID
    """Of the decision, or of the verdict where no person decided."""
    image_id: UUID | None
    decided_at: datetime
    uploaded_at: datetime
    restriction: Restriction
    restriction_text: str
    """Art. 17(3)(a): what was done."""
    countries: tuple[str, ...]
    """Art. 17(3)(a): where it holds; everywhere where none is named. It has no end of its own."""
    facts: str
    """Art. 17(3)(b): the facts and circumstances that the decision rests on."""
    on_notice: bool
    """Art. 17(3)(b): whether it followed a notice under Art. 16; artgate looks at every upload of itself."""
    automated_detection: bool
    """Art. 17(3)(c): whether automated means found the picture."""
    automated_decision: Automation
    """Art. 17(3)(c): whether automated means took the decision."""
    automation_text: str
    """The same in words."""
    ground: str | None
    """Art. 17(3)(e): the clause of the platform's terms; none is a law's (Art. 17(3)(d))."""
    explanation: str
    """Art. 17(3)(e): why the picture is incompatible with it."""
    terms_url: str | None
    redress: str
    """Art. 17(3)(f): what the artist can do."""


def state(facts: Facts, terms: StatementSettings) -> Statement:
    """The statement of one SYNTHETIC that took effect."""
    automation = _automation(facts)
    redress = [_APPEAL, *([terms.statement_redress] if terms.statement_redress else []), _ELSEWHERE]
    return Statement(
        id=facts.id,
        image_id=facts.image_id,
        decided_at=facts.decided_at,
        uploaded_at=facts.uploaded_at,
        restriction=terms.statement_restriction,
        restriction_text=_DONE[terms.statement_restriction],
        countries=terms.statement_countries,
        facts=" ".join(_sentences(facts)),
        on_notice=False,
        automated_detection=facts.verdict is not None,
        automated_decision=automation,
        automation_text=_of_automation(automation),
        ground=terms.statement_ground,
        explanation=terms.statement_explanation or _UNSTATED,
        terms_url=terms.statement_terms_url,
        redress=" ".join(redress),
    )


def _automation(facts: Facts) -> Automation:
    if facts.people is None:
        return Automation.FULLY
    return Automation.NOT if facts.verdict is None else Automation.PARTIALLY


def _of_automation(automation: Automation) -> str:
    return {
        Automation.FULLY: "A program found the picture and took the decision; no person has looked at it.",
        Automation.PARTIALLY: "A program brought the picture before people, who took the decision.",
        Automation.NOT: "People took the decision; no program had judged the picture.",
    }[automation]


def _sentences(facts: Facts) -> Iterator[str]:
    yield f"The picture was uploaded on {facts.uploaded_at:%Y-%m-%d}."
    if facts.verdict is not None:
        yield from _of_model(facts.verdict, facts.bundle_name)
    if facts.people is not None:
        yield from _of_people(facts.people, facts.verdict)
    yield f"The decision was taken on {facts.decided_at:%Y-%m-%d}."


def _of_model(verdict: StoredVerdict, name: str | None) -> Iterator[str]:
    model = f"The model {name or 'of this installation'} ({verdict.bundle_id[:_SHOWN]})"
    yield (
        f"{model} gave it a probability of {verdict.probability:.2f} of having been made by a generator. It "
        f"calls a picture SYNTHETIC from {verdict.synthetic_from:.2f} on and GENUINE below "
        f"{verdict.genuine_below:.2f}."
    )
    if verdict.overruled is not None and verdict.veto_applied:
        yield "A second model objected to the verdict SYNTHETIC, which left the picture to people."
    elif verdict.reason == Reason.UPLOADER_LIMIT:
        yield "It had called several of the uploader's pictures SYNTHETIC that day, and left this to people."
    elif verdict.overruled is not None:
        yield "The verdict SYNTHETIC was not left standing without a person's look."
    elif verdict.label is VerdictLabel.SYNTHETIC and verdict.veto_probability is not None:
        yield "A second model, which can object to that, did not."
    if verdict.label is VerdictLabel.SYNTHETIC and verdict.warranty is not None:
        yield from _of_errors(verdict.warranty)


def _of_errors(warranty: dict[str, object]) -> Iterator[str]:
    count, total = warranty.get("count"), warranty.get("total")
    if warranty.get("measure") == "human_called_synthetic" and total:
        yield (
            f"When it was tried on {total} pictures that people had made and that it had not seen, it "
            f"wrongly called {count} of them SYNTHETIC."
        )


def _of_people(people: HumanPart, verdict: StoredVerdict | None) -> Iterator[str]:
    if people.refusal is not None:
        yield f"The file could not be judged by a model ({people.refusal})."
    elif verdict is not None and verdict.label is VerdictLabel.UNCERTAIN and verdict.overruled is None:
        yield "Between these two it decides nothing and asks people."
    if people.appealed:
        yield "An earlier answer was appealed, and people who had not given it looked anew."
    if people.cites is not None:
        yield f"People had decided of a near-identical picture (decision {people.cites}) and applied it here."
    elif people.senior:
        yield "Reviewers differed or asked for help; a senior reviewer found that it was made by a generator."
    elif people.opinions > 1:
        yield (
            f"{people.opinions} people looked at it, none of whom was told what the others had said, and "
            "each found that it was made by a generator."
        )
    else:
        yield "A person looked at it and found that it was made by a generator."
