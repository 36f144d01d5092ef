"""Makes the picture of the README from the running app: `python docs/picture.py FILE.svg`."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from core.session import open_session
from tui.app import PatchjuryApp
from tui.cli.demo_command import sample_runs

KEYS = ("greater_than_sign",) * 2 + ("tab",) + ("j",) * 6


async def picture(target: Path, size: tuple[int, int] = (150, 44)) -> None:
    """Open the sample runs, press keys, and write what the screen shows as SVG."""
    with tempfile.TemporaryDirectory() as store:
        app = PatchjuryApp(open_session(sample_runs(), db=Path(store), reviewer="you"))
        app.session.location.note  # noqa: B018
        async with app.run_test(size=size) as pilot:
            for key in KEYS:
                await pilot.press(key)
                await pilot.pause(0.2)
            await pilot.pause(0.5)
            svg = app.export_screenshot(title="patchjury")
    # The fonts of the reader's machine will do: nothing is fetched from anywhere.
    target.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(picture(Path(sys.argv[1])))
