"""Equal files are one source, as long as they are few."""

from __future__ import annotations

from core.checks.languages.file_source import SourceCache


def test_a_file_that_comes_out_the_same_is_the_same_source() -> None:
    cache = SourceCache()
    first = cache.source("a.py", b"x = 1\n")
    assert cache.source("a.py", b"x = " + b"1\n") is first
    others = (("b.py", b"x = 1\n", "100644"), ("a.py", b"x = 2\n", "100644"))
    assert all(cache.source(*other) is not first for other in others)
    assert type(cache.source("a.py", b"x = 1\n", "120000")) is not type(first), "a link has no code"


def test_only_the_latest_sources_are_kept() -> None:
    cache = SourceCache(most_bytes=12)
    first, second = cache.source("a.py", b"x = 1\n"), cache.source("b.py", b"x = 1\n")
    assert cache.source("a.py", b"x = 1\n") is first
    cache.source("c.py", b"x = 1\n")
    assert cache.source("a.py", b"x = 1\n") is first
    assert cache.source("b.py", b"x = 1\n") is not second
    large = cache.source("d.py", b"x = 1000000000\n")
    assert cache.source("d.py", b"x = 1000000000\n") is not large
