"""The one filter language of lists, queues and headless commands (`docs/filters.md`)."""

from core.assess.filters.attempt_filter import AttemptFilter, parse_filter
from core.assess.filters.filter_completion import Completion, complete
from core.assess.filters.filter_fields import FIELDS, Field, FieldKind
from core.assess.filters.filter_terms import FilterError
from core.assess.filters.saved_views import SavedView, parse_view
from core.assess.filters.search_text import SearchTexts
from core.assess.filters.sorting import COLUMNS, Column, parse_order, sort_attempts

__all__ = [
    "COLUMNS",
    "FIELDS",
    "AttemptFilter",
    "Column",
    "Completion",
    "Field",
    "FieldKind",
    "FilterError",
    "SavedView",
    "SearchTexts",
    "complete",
    "parse_filter",
    "parse_order",
    "parse_view",
    "sort_attempts",
]
