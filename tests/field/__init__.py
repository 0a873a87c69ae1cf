"""Inputs as people really have them: small ones, each after a report of somebody who read such.

A folder beside this file is one: what an export, a tenant or a hand-written file looked like.
`cases.EXPECTED` says what is right, row by row; `test_given.py` holds the product and the naive
program to it. `test_kinds.py` has more of each kind, made in code.
"""
