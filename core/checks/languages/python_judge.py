"""What a patch did to the syntax of a Python file, with a second opinion if it is rejected.

Certain if the running interpreter accepts, or if it and ruff's newest grammar both reject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from core.checks.languages.answers import Answer, Broken, Reading, Sound, Unknown
from core.checks.languages.python_source import PythonSource
from core.checks.languages.ruff_parser import read_with_ruff

_EVERY_VERSION = re.compile(
    r"too many nested parentheses|too many statically nested blocks|source code .*null bytes"
    r"|\(unicode error\) 'utf-8' codec can't decode|encoding problem"
)
"""What every Python rejects, whatever its grammar, and ruff may not."""

_PYTHON_2 = re.compile(
    rb"^[ \t]*print[ \t]+(?![ \t=(.\[,:+*/-])|^[ \t]*print[ \t]*>>|^[ \t]*exec[ \t]+[\w\"']"
    rb"|^[ \t]*except[ \t]+[\w.()]+[ \t]*,[ \t]*\w+[ \t]*:|^[ \t]*raise[ \t]+[\w.]+[ \t]*,"
    rb"|<>|`[\w.]+`|\b0[0-7]+\b|\b[0-9]+[lL]\b|\bu[rR][\"']",
    re.MULTILINE,
)
_SAYS_PYTHON_2 = re.compile(rb"Python :: 2(?:\.\d|\b)|python_requires\s*=\s*['\"][^'\"]*2\.[67]")


class SecondOpinion:
    """What ruff says about the sources that the interpreter rejects, asked in one call.

    They are not looked at before one of them is in question.
    """

    def __init__(self, sources: Iterable[PythonSource]) -> None:
        self._sources = tuple(sources)
        self._readings: Mapping[int, Reading] | None = None

    def __call__(self, source: PythonSource) -> Reading:
        if self._readings is None:
            refused = {id(s): s for s in self._sources if s.error is not None}
            found = read_with_ruff([s.data for s in refused.values()])
            self._readings = dict(zip(refused, found, strict=True))
        return self._readings[id(source)]


def judge_python(
    base: PythonSource | None,
    patched: PythonSource,
    second: SecondOpinion,
    is_python2: Callable[[PythonSource], bool],
) -> Answer:
    """What a patch did; `base` None: there was none. `is_python2`: may a text be Python 2?"""
    if patched.error is None:
        return Unknown(patched.unjudged) if patched.unjudged else Sound()
    if base is not None and base.unjudged:
        return Unknown(base.unjudged)
    if base is not None and base.error is not None:
        opinion = second(patched)
        if opinion.error and second(base).is_sound:
            return Unknown(
                "the base file needs a newer Python than the one running here", opinion.error
            )
        return Unknown("the base file does not parse either")
    if _EVERY_VERSION.match(patched.error.message):
        return Broken(patched.error)
    opinion = second(patched)
    if opinion.is_sound:
        return Unknown("it needs a newer Python than the one running here")
    if opinion.unjudged:
        return Unknown(opinion.unjudged, patched.error)
    if is_python2(patched):
        return Unknown("it may be Python 2, like other files of the project")
    return Broken(patched.error)


def looks_python2(source: PythonSource) -> bool:
    """Is a text rejected, and does it contain what only Python 2 accepts?"""
    return _PYTHON_2.search(source.data) is not None and source.error is not None


def says_python2(source: PythonSource) -> bool:
    """Is a set-up script Python 2, or for it?"""
    return looks_python2(source) or _SAYS_PYTHON_2.search(source.data) is not None
