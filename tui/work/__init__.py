"""Work off the UI thread: it informs its owner by messages and touches no widget."""
