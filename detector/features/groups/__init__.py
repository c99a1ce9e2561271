"""The feature groups, one module each: a function of the canvas that returns its values by name, in order."""
