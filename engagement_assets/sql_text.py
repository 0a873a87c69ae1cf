"""Names and texts as SQL, for the few places where no parameter can stand."""


def identifier(name: str) -> str:
    """Return the name of a table or column as SQL, whatever letters are in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """Return a text, or a path, as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"
