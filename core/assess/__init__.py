"""What follows from facts, opinions and decisions: outcomes, opinions that count, queues. Pure."""
