"""TextAttack's recipes (Morris et al. 2020), unmodified, on our query engine: one greenlet per example.

Only :mod:`.family` and :mod:`.recipes` may be imported where TextAttack is not installed.
"""
