"""The JSON of `patchjury audit`."""

from __future__ import annotations

from msgspec import Struct

from core.judge.audit import OriginAudit
from core.stats.calibration import Calibration

SCHEMA_VERSION = 1


class AuditDocument(Struct, frozen=True):
    """What bears on trust, origin by origin; people's decisions are an origin of their own."""

    schema_version: int
    origins: tuple[OriginAudit, ...]
    calibration: Calibration
