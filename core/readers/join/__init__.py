"""What the readers found becomes attempts, commits and claims, each thing once."""
