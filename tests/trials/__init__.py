"""What is long by nature: `make trials` runs it, the suite leaves it out (`norecursedirs`).

Each trial says what it did through the `report` fixture; the lines stand at the end of the run.
"""
