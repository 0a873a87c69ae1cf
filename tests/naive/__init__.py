"""The numbers once more, naively: the oracle that the product is compared with.

Nothing here is shared with the product, and nothing is clever: dicts, sets and loops that follow
the numbers section by section. ``compute.compute`` is the way in, ``compare.differences`` the
comparison.
"""
