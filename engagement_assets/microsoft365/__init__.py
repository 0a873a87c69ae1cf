"""Microsoft 365 as the source of activity, read through Microsoft Graph.

Belongs here: sign-in and consent, one HTTP client, the directory, mail and calendars, and the
files that they become. Does not: SQL, Dagster.

From the bottom: `clouds`, `redaction`, `transport`, `tenant`, `sign_in`; `faults`, `retry_budget`,
`http`, `paging`; `directory`, `mail`, `calendar`; `slices`, `state`, `download`; `source`,
`consent`.
"""
