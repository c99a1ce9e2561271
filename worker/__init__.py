"""The shell around the detector: takes events, fetches pictures, records verdicts, and tells the platform."""
