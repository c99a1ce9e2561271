"""How artgate is run: on one machine for development, tests and the demo."""
