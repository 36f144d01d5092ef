"""The parts of the triage screen, each named after what it shows."""
