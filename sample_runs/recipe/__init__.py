"""What the sample runs are made of: the engine's history, and the attempts with what is planted."""
