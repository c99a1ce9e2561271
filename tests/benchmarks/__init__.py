"""How fast the stages are, each beside its plain baseline in the same run."""
