"""Reading people and mailboxes from a source into the warehouse; nothing here knows Dagster."""
