"""The screens: triage itself, and the small ones that open over it."""
