"""Work off the UI thread: it informs its owner by messages and touches no widget."""

BACKGROUND = 15
"""Niceness of the screen's own processes: keys are answered first."""
