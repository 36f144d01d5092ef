"""Records to styled text: pure functions, so that the screen's content can be tested without one.

Every text from outside passes through `core.text`; styles are names of theme variables.
"""
