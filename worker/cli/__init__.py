"""The ``artgate`` command: a thin, lazy shell over the packages."""
