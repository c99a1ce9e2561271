"""How artgate is packaged and its dependencies locked."""
