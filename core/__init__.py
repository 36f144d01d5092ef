"""The evaluation core of patchjury: everything but the screen.

Nothing here imports Textual, Rich or `tui`; data flows one way, from the runs on disk through
facts, opinions and decisions to an assessment (`docs/architecture.md`).
"""
