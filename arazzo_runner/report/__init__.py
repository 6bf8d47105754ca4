"""Reports: folds over the event stream of a run, and the one place where secrets are masked.

Each report has `observe(event)` and `finish()`; `tee.Tee` feeds several. They are imported one by one, by those who
want them: `redaction`, `result`, `console`, `outputs`, `json_report`, `ndjson`, `har`, `junit`, `transcript`, `page`.
"""
