"""The `engagement` command: what it takes, what it shows while it works, what it prints."""
