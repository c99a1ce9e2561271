"""The commands of ``artgate``: one line each, and where the function of each lies.

The functions are named as text, so that this table costs nothing: a command's module is imported when the
command is called, and never for another one's sake.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, before its code is loaded."""

    name: str
    """The word that calls it."""
    target: str
    """``module:function``; the function's annotations are its arguments and options."""
    help: str
    """One line for ``artgate --help``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands that share a first word."""

    name: str
    """The shared word."""
    help: str
    """One line for ``artgate --help``."""
    commands: tuple[Command, ...]
    """What may follow the word."""


def _command(name: str, target: str, help_: str) -> Command:
    return Command(name=name, target=f"worker.cli.{target}", help=help_)


TABLE: tuple[Command | Group, ...] = (
    _command("detect", "detect:detect", "Judge picture files and folders; needs no database."),
    _command("features", "features:features", "Print the numbers that are measured on picture files."),
    _command("explain", "explain:explain", "Say why a verdict is what it is."),
    Group(
        name="data",
        help="Data sets to train and to evaluate on.",
        commands=(
            _command("manifests", "data:manifests", "List the manifests that come with artgate."),
            _command("describe", "data:describe", "Say what a manifest would give, and fetch nothing."),
            _command("gather", "data:gather", "Fetch the pictures of a manifest into a folder."),
            _command("check", "data:check", "Find what is trained on and tested on alike."),
            _command("audit", "audit:audit", "Say whether a corpus gives its labels away without looking."),
        ),
    ),
    _command("train", "train:train", "Fit a bundle on a corpus of labelled pictures."),
    _command("evaluate", "evaluate:evaluate", "Tell how good a bundle is on pictures that it has not seen."),
    Group(
        name="bundle",
        help="Look at, check and activate model bundles.",
        commands=(
            _command("show", "bundle:show", "Print what a bundle is made of and how good it is."),
            _command("card", "bundle:card", "Write a bundle's model card."),
            _command("diff", "bundle:diff", "Say what two bundles differ in."),
            _command("warrant", "bundle:warrant", "Write a bundle with the error rates of a report in it."),
            _command("verify", "bundle:verify", "Check every hash, schema and version of a bundle."),
            _command("activate", "bundle:activate", "Make a bundle the one that running workers use."),
            _command("pack", "bundle:pack", "Write a bundle as one file."),
        ),
    ),
    Group(
        name="rollout",
        help="Bring another bundle to judge: beside, then on a share, then alone.",
        commands=(
            _command("status", "rollout:status", "Say what judges, what is on trial, and who did what."),
            _command("shadow", "rollout:shadow", "Let a bundle look on; nothing acts on what it says."),
            _command("canary", "rollout:canary", "Let the bundle on trial decide a share of the uploads."),
            _command("promote", "rollout:promote", "Let the canary judge alone."),
            _command("hold", "rollout:hold", "Let the bundle on trial decide nothing until it is released."),
            _command("release", "rollout:release", "Let a held bundle go on."),
            _command("retire", "rollout:retire", "End a shadow's trial."),
            _command("rollback", "rollout:rollback", "Take back the canary, else the bundle that judges."),
            _command("compare", "rollout:compare", "Say what the bundle on trial would change."),
        ),
    ),
    Group(
        name="weights",
        help="Backbone weights on this machine.",
        commands=(_command("fetch", "weights:fetch", "Put a backbone's weights where workers find them."),),
    ),
    Group(
        name="events",
        help="Upload events of storage systems.",
        commands=(_command("parse", "events:parse", "Print what the hook would make of event bodies."),),
    ),
    _command("submit", "submit:submit", "Hand objects of a bucket in for scanning."),
    _command("status", "status:status", "Say what is waiting, running, done and refused."),
    _command("show", "show:show", "Tell everything known of one picture."),
    Group(
        name="queue",
        help="The moderators' review queue, for operators.",
        commands=(
            _command("list", "queue:list_items", "List review items, the most urgent first."),
            _command("show", "queue:show", "Show one review item with its evidence."),
            _command("claim", "queue:claim", "Take the next item, or a named one, under a lease."),
            _command("renew", "queue:renew", "Hold a claimed item for longer."),
            _command("release", "queue:release", "Give a claimed item back undecided."),
            _command("decide", "queue:decide", "Record the decision on a claimed item."),
            _command("opinion", "queue:opinion", "Say what you think before the scores are shown."),
            _command("near", "queue:near", "List near-duplicates that a decision may cover."),
            _command("undo", "queue:undo", "Take your decision back before anyone is told."),
            _command("escalate", "queue:escalate", "Leave a claimed item to a senior."),
            _command(
                "agreement", "queue:agreement", "Say how far reviewers agree, and how reliable they are."
            ),
            _command("skip", "queue:skip", "Leave a claimed item to the others."),
            _command("hold", "queue:hold", "Let a claimed item rest until a time."),
            _command("give", "queue:give", "Hand a claimed item over to a named reviewer."),
        ),
    ),
    Group(
        name="policy",
        help="Where review items go, which come first, who may have them.",
        commands=(
            _command("show", "policy:show", "Print the review policy in force."),
            _command("check", "policy:check", "Say whether a file is a review policy."),
            _command("apply", "policy:apply", "Put a review policy into force."),
        ),
    ),
    Group(
        name="known",
        help="Pictures whose answer is known, mixed in to tell how reliable reviewers are.",
        commands=(
            _command("add", "known:add", "Say what a picture is, and ask reviewers about it."),
            _command("list", "known:list_", "List known answers and how often they were asked."),
            _command("retire", "known:retire", "Ask about a picture no more."),
        ),
    ),
    Group(
        name="reviewer",
        help="Who reviews, and what they can judge.",
        commands=(
            _command("set", "reviewer:set_", "Describe a reviewer: skills, languages, accounts."),
            _command("list", "reviewer:list_", "List the reviewers that were described."),
        ),
    ),
    Group(
        name="audit",
        help="The log of what was decided, and whether anyone has changed it.",
        commands=(
            _command("verify", "audit_log:verify", "Look for edits, insertions, deletions and a cut tail."),
            _command("heads", "audit_log:heads", "Print the chain's signed heads, to be kept elsewhere."),
            _command("chain", "audit_log:chain", "Append what waits to the chain and sign its end."),
        ),
    ),
    Group(
        name="accounts",
        help="Who may sign in, and as what.",
        commands=(
            _command("add", "accounts:add", "Add an account."),
            _command("list", "accounts:list_accounts", "List all accounts."),
            _command("disable", "accounts:disable", "Let an account be used no more."),
            _command("enable", "accounts:enable", "Let a disabled account be used again."),
            _command("password", "accounts:password", "Give an account another password."),
            _command("role", "accounts:role", "Give an account another role."),
            _command("link", "accounts:link", "Let an identity of the provider sign in as an account."),
            _command("unenrol", "accounts:unenrol", "Forget an account's lost authenticator."),
        ),
    ),
    Group(
        name="tokens",
        help="Accounts' keys to the HTTP API.",
        commands=(
            _command("add", "tokens:add", "Make a token, and show it this once."),
            _command("list", "tokens:list_tokens", "List all tokens, without what lets one in."),
            _command("revoke", "tokens:revoke", "Let a token be used no more."),
        ),
    ),
    Group(
        name="api",
        help="What a platform's program asks the hook, from a shell.",
        commands=(
            _command("post", "api:post", "Post upload events."),
            _command("verdict", "api:verdict", "Say what holds of a picture."),
            _command("changes", "api:changes", "Print what has changed since a cursor."),
            _command("appeal", "api:appeal", "File an artist's appeal."),
            _command("appealed", "api:appealed", "Say where an appeal stands."),
            _command("erase", "api:erase", "Forget a picture, an object or a person."),
            _command("erased", "api:erased", "Print the report of an erasure."),
        ),
    ),
    Group(
        name="person",
        help="What is stored of one person: for them to read, and to be forgotten.",
        commands=(
            _command("export", "person:export", "Write all that is stored of a person into a folder."),
            _command("erase", "person:erase", "Forget a person, and say what went and what stays."),
        ),
    ),
    Group(
        name="webhooks",
        help="Who is told of verdicts and decisions, and what became of it.",
        commands=(
            _command("add", "webhooks:add", "Add an endpoint, and show its secret this once."),
            _command("list", "webhooks:list_", "List all endpoints with what waits for them."),
            _command("rotate", "webhooks:rotate", "Give an endpoint a new key."),
            _command("disable", "webhooks:disable", "Tell an endpoint nothing more."),
            _command("enable", "webhooks:enable", "Tell a disabled endpoint again."),
            _command("remove", "webhooks:remove", "Forget an endpoint and its log."),
            _command("replay", "webhooks:replay", "Send messages again."),
            _command("log", "webhooks:log", "Print the log of deliveries."),
        ),
    ),
    Group(
        name="labels",
        help="What people have decided, to learn from.",
        commands=(
            _command("export", "labels:export", "Write decided pictures as a corpus for `artgate train`."),
        ),
    ),
    _command("feedback", "feedback:feedback", "Say how often each bundle errs, by what people found."),
    _command("drift", "drift:drift", "Say how far uploads have drifted from a bundle's first week."),
    Group(
        name="statements",
        help="Statements of reasons: why pictures were called SYNTHETIC.",
        commands=(
            _command("show", "statements:show", "Print the reasons of one decision or verdict."),
            _command("export", "statements:export", "Write new ones for the EU's Transparency Database."),
        ),
    ),
    _command("rescore", "rescore:rescore", "Score stored vectors with another bundle."),
    _command("replay", "replay:replay", "Compute a stored verdict again and compare."),
    _command("doctor", "doctor:doctor", "Check every connection, permission, version and setting."),
    Group(
        name="db",
        help="The database's schema and its roles.",
        commands=(
            _command("upgrade", "database:upgrade", "Bring the schema to this version."),
            _command("downgrade", "database:downgrade", "Take the schema back to an earlier revision."),
            _command("check", "database:check", "Say whether the schema is what this version needs."),
            _command("roles", "database:roles", "Make a role of least privilege for each process."),
            _command(
                "revision", "database:revision", "Write a migration from changed models; for developers."
            ),
        ),
    ),
    _command("hook", "processes:hook", "Run the HTTP server that takes upload events and reviews."),
    _command("console", "processes:console", "Run the moderators' console, a site for browsers."),
    _command("worker", "processes:worker", "Run a worker that scans pictures."),
    _command("sqs", "processes:sqs", "Run the process that takes upload events out of queues of SQS."),
    _command("sweeper", "processes:sweeper", "Run the process that enqueues what was lost on the way."),
    _command("relay", "processes:relay", "Run the process that tells the platform its verdicts."),
)
