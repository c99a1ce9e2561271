"""The review queue under two hundred moderators: nothing decided twice, nothing passed over, and in time."""
