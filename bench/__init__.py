"""How fast the path from an activity folder to the published tables is, measured: `make bench`.

What belongs in this room: a generator of large organisations, the stages of a run timed one by
one, each in a process of its own, and a peer in pandas that must arrive at the same table.

What does not: anything that the product needs. Nothing imports this package.
"""
