"""What is done off the UI thread: it tells its owner by messages and touches no widget."""
