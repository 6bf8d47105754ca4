"""Documents, expressions, conditions, descriptions and responses that nobody would write (`make fuzz`).

No input may give a traceback, exit code 70, or a wait without end. What once did is kept in `tests/fuzz_cases/` and is
a test from then on.
"""
