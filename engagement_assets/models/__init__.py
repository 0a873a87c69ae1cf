"""The SQL models: their files, their order, the rules about their SQL, and building them."""
