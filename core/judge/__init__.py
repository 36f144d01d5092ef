"""Opinions: what a model is asked, how that is sent, kept and paid for, how far to trust it."""
