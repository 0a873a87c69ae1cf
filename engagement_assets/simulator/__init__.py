"""A made-up organisation whose mail and meetings look like a real one's.

What belongs here: everything that invents data, for the demo, for tests and for a Microsoft 365
tenant on localhost. The same seed always gives the same organisation and the same activity.

What does not: anything that production needs. Nothing outside this package and the tests may import
it, and it imports nothing of the product, so that it cannot share the product's mistakes.

Reading order: `names`, `organisation` (who there is), `working_time` (when people work),
`correspondence`, `office_mail` and `meetings` (what happens in one week), `graph_shape` (how a copy
looks in Microsoft Graph), `activity` (one mailbox as a stream), `folder` (the files of it all).
"""
