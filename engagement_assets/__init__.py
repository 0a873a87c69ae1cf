"""Account engagement from the metadata of Microsoft 365 mail and calendars."""
