"""`python -m tui.cli` is `patchjury`."""

import sys

from tui.cli import main

sys.exit(main())
