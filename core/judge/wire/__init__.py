"""How it is asked: the only importer of `openai`. Whatever comes back becomes a value."""
