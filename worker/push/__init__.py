"""Events that a cloud's own service pushes over HTTPS, signed in that service's way."""
