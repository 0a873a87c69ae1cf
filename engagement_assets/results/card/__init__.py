"""The customer card: what one customer's rows say, put in the order in which it is read.

`reading.py` asks the snapshot. The other modules make a part of the card each, from rows alone:
`score.py` why the score is what it is, `changes.py` what moved, `activity.py` the charts. They say
things in keys and numbers; words are the templates'.
"""
