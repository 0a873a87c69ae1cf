"""A made-up organisation whose mail and meetings look like a real one's, and its Microsoft 365.

What belongs here: everything that invents data, for the demo, for tests and for a Microsoft 365
tenant on localhost; and that tenant. The same seed always gives the same organisation and activity.

What does not: anything that production needs. Nothing outside this package and the tests may import
it, and it imports nothing of the product, so that it cannot share the product's mistakes.

Reading order, the organisation: `names`, `organisation` (who there is), `working_time` (when people
work), `correspondence`, `office_mail` and `meetings` (what happens in one week), `graph_shape` (how
a copy looks in Microsoft Graph), `activity` (one mailbox as a stream), `folder` (the files of it).

The tenant: `tenant` (what is served) with `generated_tenant` and `folder_tenant`, `directory`,
`strangers` and `mail_folders`; `registration` and `entra` (tokens and consent); `service`,
`graph_api` (what is the same for every request) with `directory_api`, `mail_api`, `calendar_api`;
`odata`, `properties`, `paging`, `throttling`, `faults`, `failures`, `replies`, `mailbox_access`;
`certificates` and `server`.
"""
