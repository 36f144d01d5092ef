"""What a patch says, what results from applying it, and two of them on one base."""
