"""Joining what the readers found into attempts, commits and claims, each only once."""
