"""``python -m tests.detector.decode.hostile FOLDER``: decode a corpus and print what became of each file.

The exit status is 1 if any file ended otherwise than expected.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from detector.decode import DecodeLimits
from tests.detector.decode.corpus import Finding, cases, examine
from worker.decoding import DecoderProcess

SECONDS = 10.0
MEMORY = 3 * 2**30


def main(folder: Path) -> int:
    """Print a line a file, and a summary."""
    with closing(DecoderProcess(DecodeLimits(), seconds=SECONDS, memory=MEMORY)) as decoder:
        findings = [_said(examine(case, decoder)) for case in cases(folder)]
    slowest = max(findings, key=lambda finding: finding.seconds)
    largest = max(findings, key=lambda finding: finding.memory or 0)
    wrong = [finding for finding in findings if finding.mismatch]
    print(f"\n{len(findings)} files:", ", ".join(f"{n} {what}" for what, n in _outcomes(findings)))
    print(f"longest time {slowest.seconds:.3f} s ({slowest.name})")
    print(f"largest memory {(largest.memory or 0) / 2**20:.0f} MiB ({largest.name})")
    print(f"{len(wrong)} otherwise than expected", *(finding.name for finding in wrong))
    return 1 if wrong else 0


def _said(finding: Finding) -> Finding:
    memory = "-" if finding.memory is None else f"{finding.memory / 2**20:.0f}"
    print(f"{finding.name:60} {finding.outcome:20} {1000 * finding.seconds:7.1f} ms {memory:>5} MiB", end="")
    print(f"  MISMATCH: {finding.mismatch}" if finding.mismatch else "")
    return finding


def _outcomes(findings: list[Finding]) -> list[tuple[str, int]]:
    return Counter(finding.outcome for finding in findings).most_common()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
