"""What parsers say of one text: is it sound, where it is not, and what of it has an effect."""
