"""Tests of the triage session."""
