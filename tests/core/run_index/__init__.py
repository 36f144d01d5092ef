"""Tests of `core.run_index`."""
