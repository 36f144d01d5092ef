"""Tables of measurements, labels and foreign judges' opinions, by one kind of mapping file."""
