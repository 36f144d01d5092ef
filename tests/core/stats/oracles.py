"""The libraries that figures are compared with, imported by whoever runs such a comparison.

Importing them takes longer than comparing, and every worker collects every test.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Late:
    """A module that is imported when it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "pytest")):  # pytest asks everything in a module for its marks
            raise AttributeError(name)
        return getattr(import_module(self._name), name)


scipy_special = _Late("scipy.special")
scipy_stats = _Late("scipy.stats")
nltk_agreement = _Late("nltk.metrics.agreement")
statsmodels_agreement = _Late("statsmodels.stats.inter_rater")
statsmodels_linear = _Late("statsmodels.regression.linear_model")
statsmodels_proportion = _Late("statsmodels.stats.proportion")
