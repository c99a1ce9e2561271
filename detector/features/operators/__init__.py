"""Operators that several feature groups share: each one module, each exact to the specification's wording."""
