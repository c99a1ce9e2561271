"""Chaos: events flow over the real stack while programmed faults strike, and all comes out as it should."""
