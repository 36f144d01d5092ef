"""Records to styled text: pure functions, so that what the screen says can be tested without one.

Every text from outside passes through `core.text`; styles are names of theme variables.
"""
