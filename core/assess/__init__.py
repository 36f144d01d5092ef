"""What follows from facts, opinions and decisions: outcomes, valid opinions, queues. Pure."""
