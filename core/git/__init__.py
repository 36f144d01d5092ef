"""Files at a commit, read without a checkout and without running anything of the repository."""
