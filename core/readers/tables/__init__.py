"""Tables of measurements, labels and other judges' opinions, with one kind of mapping file."""
