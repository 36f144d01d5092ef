"""The screen and the command line of patchjury."""
