"""A local stack of real servers that come as Python packages."""
