"""The moderators' console: pages for browsers, served by a process of its own, ``artgate console``."""
