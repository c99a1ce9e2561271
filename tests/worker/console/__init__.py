"""The console as browsers meet it."""
