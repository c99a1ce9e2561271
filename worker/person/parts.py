"""What the records of each part say, and what no part holds."""

from __future__ import annotations

from collections.abc import Mapping

from db.queries.persons import Part

MEANINGS: Mapping[Part, str] = {
    Part.UPLOADS: "Upload events: where the file lies, when it came, what became of it. `image_id` names the"
    " picture; without one, `reason` and `detail` say why the file was refused.",
    Part.PICTURES: "Pictures, one for each version of a file: its size, its SHA-256, and `perceptual_hash`,"
    " a number that changes little when the picture does, by which near-duplicates are found.",
    Part.MEASUREMENTS: "The numbers that were measured on each picture, in `values`: all that the models"
    " see. `schema_id` says which they are; the bits of `replaced`, which could not be measured.",
    Part.VERDICTS: "What the models said of each picture: `label`, the calibrated `probability` of a"
    " generator, the three members, whether the second model objected (`veto_applied`), the thresholds, and"
    " in `warranty` the measured error rate that goes with it.",
    Part.TRIAL_VERDICTS: "What a model on trial said of a picture; nothing followed from it.",
    Part.QUESTIONS: "Questions that were put to reviewers about a picture or a refused file.",
    Part.DECISIONS: "What reviewers answered, once it had been told, without their names. Several opinions"
    " may make one decision (`settles`); `note` is a text that a reviewer wrote.",
    Part.STATEMENTS: "Statements of reasons of the pictures that are called SYNTHETIC now.",
    Part.APPEALS: "Appeals of this person, with their statements. `against` is the label that was appealed.",
    Part.EVIDENCE: "Objects that these appeals showed: where each lies, and how large it was.",
    Part.KNOWN_ANSWERS: "Pictures whose answer is known, which reviewers are asked about to tell how"
    " reliable they are.",
}

LEFT_OUT = (
    "The pictures and the files that appeals showed: they lie in the platform's storage.",
    "Names of reviewers, also where one stands in a note: there it reads [a reviewer].",
    "What other people appealed about these pictures, as it is theirs.",
    "Messages to the platform, which repeat what stands here; the audit log, which holds ids and digests.",
    "Answers that are not settled yet, or that their reviewer may still take back.",
)
"""What an export does not hold, and why."""
