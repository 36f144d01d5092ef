"""Run sets that take long to read: read by a process of their own, and kept for the next opening.

What is kept is an index, never content: where each text stands, and what the readers made of the
files when these had the sizes and times that are noted with it. Nothing here is a cache of texts.
"""
