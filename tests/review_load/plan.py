"""What a run does, and what it must come to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A load on the review queue. Durations are seconds."""

    sessions: int = 200
    """Moderators at work, each with a token, a connection and a description of their own."""
    rate: float = 60.0
    """Claims a second, each due at its time however late the answers are."""
    items: int = 20_000
    """Items that wait when it begins."""
    lease: int = 20
    """How long a claim holds."""
    think: tuple[float, float] = (0.5, 3.0)
    """Shortest and longest time from a claim's answer to its decision."""
    gone: float = 0.01
    """Share of claims after which the moderator hangs up and decides nothing."""
    late: float = 0.01
    """Share of claims that are decided half a lease after the lease has run out."""
    repeated: float = 0.01
    """Share of decisions that are sent twice, as after an answer that was lost on the way."""
    p95_ms: float = 50.0
    """Within so many milliseconds of the time that it was due, 95 of 100 claims must be answered."""
    seed: int = 1

    @property
    def patience(self) -> float:
        """After so long a run that is not done is given up."""
        return 2 * self.items / self.rate + 5 * self.lease + 30

    def reviewer(self, number: int) -> str:
        """Name of a moderator, counted from 0."""
        return f"reviewer-{number % self.sessions:03}"

    def tokens(self) -> dict[str, str]:
        """Each moderator's bearer token."""
        names = map(self.reviewer, range(self.sessions))
        return {name: f"the token of {name}" for name in names}
