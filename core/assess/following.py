"""Verdicts follow their patch: to another ordinal (`…#2`), and into a file that was renamed.

Where one model has several patches for one instance, only their order tells them apart. When a file
is rewritten in another order, a verdict stays with the attempt whose patch it was made on. When a
file or folder was renamed or moved, no attempt has the old key any more: the verdict goes to the
one attempt of the same model and task (or run and item) that has its patch. In memory only: the
store keeps the key it was recorded under.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from core.models import NO_PATCH, Verdict
from core.records import replace

_ORDINAL = re.compile(r"#\d+$")
Histories = Mapping[str, Sequence[Verdict]]


def follow(
    histories: Histories, attempts: Collection[str], patch_hash: Callable[[str], str]
) -> dict[str, tuple[Verdict, ...]]:
    """The histories by the attempts that they belong to now.

    `patch_hash` gives the hash of an attempt's parsed patch, "" when unknown; it is called only for
    attempts with verdicts that share all of their key but the ordinal, or the end of a key that is
    gone.
    """
    siblings = _siblings(attempts, histories)
    for key, moved in _moved(attempts, histories, siblings).items():
        siblings[_stem(key)] = moved
    placed: dict[str, list[Verdict]] = {}
    alone: dict[str, tuple[Verdict, ...]] = {}
    for key, history in histories.items():
        others = [other for other in siblings.get(_stem(key), ()) if other != key]
        if not others:
            alone[key] = tuple(history)
            continue
        for verdict in history:
            place = _place(verdict, key, others, patch_hash)
            placed.setdefault(place, []).append(replace(verdict, attempt=place))
    return {**alone, **_with_their_undoing(placed)}


def _stem(key: str) -> str:
    return _ORDINAL.sub("", key) if "#" in key else key


def _siblings(attempts: Collection[str], named: Iterable[str]) -> dict[str, list[str]]:
    """The attempts that share their key but the ordinal with another, or with one that is gone."""
    found: dict[str, list[str]] = {}
    for key in (*attempts, *named):
        if "#" in key:  # few keys have one
            found.setdefault(_stem(key), [])
    for stem in found:
        found[stem] = [key for key in (stem,) if key in attempts]
    for key in attempts:
        if "#" in key and _stem(key) != key:
            found[_stem(key)].append(key)
    return found


def _moved(
    attempts: Collection[str], named: Iterable[str], siblings: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """The attempts whose keys end like one that is gone."""
    gone = [key for key in named if key not in attempts and not siblings.get(_stem(key))]
    wanted = {_end(key) for key in gone}
    by_end: dict[str, list[str]] = {}
    for key in attempts if wanted else ():
        end = _end(key)
        if end in wanted:
            by_end.setdefault(end, []).append(key)
    return {key: by_end[_end(key)] for key in gone if _end(key) in by_end}


def _end(key: str) -> str:
    """The model and the task, or the run and the item: the last two parts of a key."""
    return "/".join(_stem(key).split("/")[-2:])


def _place(
    verdict: Verdict, key: str, others: Sequence[str], patch_hash: Callable[[str], str]
) -> str:
    """Its own key, unless its patch is gone from there and is at exactly one of the others."""
    made_on = verdict.basis.patch if verdict.basis else ""
    if made_on in ("", NO_PATCH) or patch_hash(key) == made_on:
        return key
    fitting = [other for other in others if patch_hash(other) == made_on]
    return fitting[0] if len(fitting) == 1 else key


def _with_their_undoing(placed: Mapping[str, Iterable[Verdict]]) -> dict[str, tuple[Verdict, ...]]:
    """A record that takes a verdict back goes where that verdict is."""
    homes = {verdict.id: key for key, history in placed.items() for verdict in history}
    found: dict[str, list[Verdict]] = {}
    for key, history in placed.items():
        for verdict in history:
            home = homes.get(verdict.undoes, key) if verdict.undoes else key
            found.setdefault(home, []).append(replace(verdict, attempt=home))
    return {key: tuple(sorted(history, key=lambda v: v.created)) for key, history in found.items()}
