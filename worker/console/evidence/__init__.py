"""What lies before a moderator's eyes: everything that bears on one item, as plain data for the templates."""
