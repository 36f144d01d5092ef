"""What a patch says, what comes out of it when it is applied, and two of them on one base."""
