"""What an activity source must offer, and the folder source.

Belongs here: the organisation, its people, and the Graph-shaped lines of their mailboxes.
Does not: SQL, Dagster, and anything that asks Microsoft 365 (that is `microsoft365`).
"""
