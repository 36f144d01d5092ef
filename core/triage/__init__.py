"""The state of one triage session: what is known of every attempt, and how decisions change it."""

from core.triage.progress import CommitProgress, Progress
from core.triage.triage import Triage

__all__ = ["CommitProgress", "Progress", "Triage"]
