"""Proposed tags: those of the analysis that patchjury grew from, and those in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.models import Assessment

SEED_TAGS = (
    "over-optimization",
    "wrong location",
    "incomplete code",
    "incomplete scope",
    "wrong optimization",
    "syntax error",
    "template code",
    "infrastructure",
)


def known_tags(assessments: Iterable[Assessment]) -> tuple[str, ...]:
    """Tags to propose: those in use, most frequent first, then the other usual ones."""
    counts = Counter(tag for known in assessments for v in known.verdicts for tag in v.tags)
    used = [tag for tag, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    return (*used, *(tag for tag in SEED_TAGS if tag not in counts))


def complete_tag(typed: str, tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that complete what was typed; those that start with it come first."""
    wanted = typed.strip().lower()
    found = [tag for tag in tags if wanted in tag.lower()]
    return tuple(sorted(found, key=lambda tag: not tag.lower().startswith(wanted)))
