"""Files at a commit, read without a checkout and without running anything from the repository."""
