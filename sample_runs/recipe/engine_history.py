"""The history of the engine as trees and git ids, and the patches that attempts made on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recipe.gitpack import ObjectStore
from recipe.history import COMMITS, read_first_tree
from recipe.patches import file_diff, spoil_hunk_count, touched_files, tree_diff
from recipe.records import Attempt, Commit, ListedAttempt, Tree, apply_edits


@dataclass(frozen=True)
class Human:
    """One human commit with the trees on both sides of it."""

    commit: Commit
    sha: str
    parent: str
    before: Tree
    after: Tree

    @property
    def diff(self) -> str:
        """The human's patch."""
        return tree_diff(self.before, self.after)

    @property
    def files(self) -> list[str]:
        """The files the human changed."""
        return touched_files(self.diff)


@dataclass(frozen=True)
class History:
    """Every object of the engine, its newest commit, and the human commits by name."""

    store: ObjectStore
    head: str
    humans: dict[str, Human]

    def patch_of(self, attempt: Attempt | ListedAttempt) -> str | None:
        """The patch of an attempt; None when it has none."""
        human = self.humans[attempt.human]
        if attempt.edits is None:
            return None
        if isinstance(attempt, ListedAttempt):
            return tree_diff(human.before, apply_edits(human.before, attempt.edits))
        if attempt.verbatim:
            return human.diff
        before = self.humans[attempt.base].after if attempt.base else human.before
        patch = tree_diff(before, apply_edits(before, attempt.edits))
        if attempt.wrong_hunk_count:
            patch = spoil_hunk_count(patch)
        if attempt.own_diff:
            patch = file_diff("model_patch.diff", None, patch) + patch
        return patch


def build_history() -> History:
    """Make every tree and commit from the recipe."""
    store, humans = ObjectStore(), {}
    tree, head = read_first_tree(), ""
    for commit in COMMITS:
        before, parent = tree, head
        tree = apply_edits(before, commit.edits)
        head = store.add_commit(commit, tree, parent or None)
        if commit.name:
            humans[commit.name] = Human(commit, head, parent, before, tree)
    return History(store, head, humans)


def commit_record(human: Human, *, old_keys: bool) -> dict[str, object]:
    """A human commit as `commits/<sha>.json` holds it; the keys vary in real data, so here too."""
    message = human.commit.message.rstrip("\n")
    date = datetime.fromisoformat(human.commit.date).isoformat()
    if old_keys:
        return {
            "head_commit": human.sha,
            "parent_commit": human.parent,
            "subject": human.commit.subject,
            "message": message,
            "date": date,
            "files_changed": human.files,
            "patch": human.diff,
        }
    return {
        "commit_hash": human.sha,
        "parent_hash": human.parent,
        "commit_subject": human.commit.subject,
        "commit_message": message,
        "commit_date": date,
        "files_changed": human.files,
        "stats": {
            "num_files": len(human.files),
            "num_hunks": human.diff.count("\n@@ "),
            "num_edited_lines": sum(
                line[:1] in "+-" and line[:3] not in ("+++", "---")
                for line in human.diff.splitlines()
                if line
            ),
        },
        "diff_text": human.diff,
    }
