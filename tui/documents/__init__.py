"""What the large pane can show, as rows that are drawn when they come into view (no widgets)."""
