"""How long a browser takes to open a page: headless Chromium, asked by a page around it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

_WRAPPER = """<!DOCTYPE html><title>wait</title>
<iframe id="page" width="1400" height="900"></iframe>
<pre id="took"></pre><script>
const page = document.getElementById("page"), start = performance.now();
page.onload = () => {
  document.getElementById("took").textContent = Math.round(performance.now() - start) + " ms";
};
page.src = "PAGE";
</script>"""


def find_browser() -> str | None:
    """The Chromium that is installed; None if there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)


def load_time(browser: str, page: Path, folder: Path) -> int:
    """Milliseconds until the load event of a page; the browser's profile is kept in the folder."""
    wrapper = folder / "wrapper.html"
    wrapper.write_text(_WRAPPER.replace("PAGE", page.as_uri()), "utf-8")
    words = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [*words, f"--user-data-dir={folder / 'profile'}", wrapper.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r'id="took">(\d+) ms', done.stdout)
    assert found, done.stderr[-2000:]
    return int(found[1])
