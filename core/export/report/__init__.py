"""The report: one model of an analyst's document, built once, rendered by each format for people.

`report_blocks` is the model, `report_build` and the modules of its parts fill it from an export's
document, `markdown_report` and `html_report` render it. The former decide what is said, the latter
how it looks.
"""
