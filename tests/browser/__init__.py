"""The console in a real browser: ``make test-browser``, outside the test suite."""
