"""The platform's API: verdicts, changes, appeals and erasures over HTTP, for programs."""
