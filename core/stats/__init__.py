"""Figures about a run set, each with its coverage."""
