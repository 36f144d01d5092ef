"""What parsers say about a text: whether it is sound, where it is not, and what has an effect."""
