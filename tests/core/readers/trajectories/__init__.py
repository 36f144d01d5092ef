"""What agents did, step by step."""
