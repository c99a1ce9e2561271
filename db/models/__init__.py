"""The tables, one module for each aggregate. Importing this package fills ``Base.metadata``."""

from db.models.access import ApiToken
from db.models.accounts import Account, Role
from db.models.acts import Act, ActKind, Note
from db.models.appeals import Appeal, AppealEvidence, AppealOutcome, EvidenceKind
from db.models.audit import AuditEntry, AuditHead, AuditLink, AuditPending
from db.models.backfills import Backfill, BackfillState
from db.models.bundles import Bundle, BundleState
from db.models.clusters import Precedent, Resemblance
from db.models.drift import DriftDay, DriftReference
from db.models.erasures import Erasure, ErasureScope, ErasureState
from db.models.events import TERMINAL, Event, EventKind, EventState, WorkQueue
from db.models.features import Features
from db.models.feedback import AuditCursor, AuditSample, FeedbackDay
from db.models.identities import ExternalIdentity, OidcAttempt
from db.models.images import Image
from db.models.keys import SharedKey
from db.models.known import KnownAnswer
from db.models.opinions import FirstOpinion
from db.models.outbox import Message, MessageKind, MessageState
from db.models.policies import ReviewPolicy
from db.models.preferences import Blur, Preferences
from db.models.requests import Allowance, ChangeCounter, KeptAnswer
from db.models.review import Decision, Ground, HumanLabel, ItemKind, ItemState, Retraction, ReviewItem, Stage
from db.models.reviewers import Reviewer
from db.models.rollouts import RolloutAction, RolloutStep, ShadowVerdict
from db.models.sessions import BrowserSession, RecoveryCode, SecondFactor, SignInAttempts
from db.models.statements import StatementBatch, StatementExport
from db.models.verdicts import Verdict, VerdictLabel, VerdictOrigin
from db.models.webhooks import (
    WebhookAttempt,
    WebhookAttemptBefore,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookKey,
)

__all__ = [
    "TERMINAL",
    "Account",
    "Act",
    "ActKind",
    "Allowance",
    "ApiToken",
    "Appeal",
    "AppealEvidence",
    "AppealOutcome",
    "AuditCursor",
    "AuditEntry",
    "AuditHead",
    "AuditLink",
    "AuditPending",
    "AuditSample",
    "Backfill",
    "BackfillState",
    "Blur",
    "BrowserSession",
    "Bundle",
    "BundleState",
    "ChangeCounter",
    "Decision",
    "DriftDay",
    "DriftReference",
    "Erasure",
    "ErasureScope",
    "ErasureState",
    "Event",
    "EventKind",
    "EventState",
    "EvidenceKind",
    "ExternalIdentity",
    "Features",
    "FeedbackDay",
    "FirstOpinion",
    "Ground",
    "HumanLabel",
    "Image",
    "ItemKind",
    "ItemState",
    "KeptAnswer",
    "KnownAnswer",
    "Message",
    "MessageKind",
    "MessageState",
    "Note",
    "OidcAttempt",
    "Precedent",
    "Preferences",
    "RecoveryCode",
    "Resemblance",
    "Retraction",
    "ReviewItem",
    "ReviewPolicy",
    "Reviewer",
    "Role",
    "RolloutAction",
    "RolloutStep",
    "SecondFactor",
    "ShadowVerdict",
    "SharedKey",
    "SignInAttempts",
    "Stage",
    "StatementBatch",
    "StatementExport",
    "Verdict",
    "VerdictLabel",
    "VerdictOrigin",
    "WebhookAttempt",
    "WebhookAttemptBefore",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookKey",
    "WorkQueue",
]
