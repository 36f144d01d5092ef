"""Run sets that take long to read: read by a separate process, and indexed for the next opening.

What is kept is an index, never content: where each text is, and what the readers made of the files
at the sizes and times recorded with it. Nothing here is a cache of texts.
"""
