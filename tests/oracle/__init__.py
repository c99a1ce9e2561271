"""The features once more, plainly: a second opinion on the fast chain, and the baseline of its speed."""
