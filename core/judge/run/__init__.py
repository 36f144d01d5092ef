"""One run over many attempts: its plan and price, its calls, and how it is stopped."""
