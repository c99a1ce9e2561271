"""artgate's detector: bytes or arrays in, verdicts out."""
