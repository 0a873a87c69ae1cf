"""The questions of `engagement configure`, in the order in which they come."""

SURE = "Is that right?"
GRAPH = (
    "Where does activity come from?",
    "Tenant id",
    "Application (client) id:",
    "Which national cloud",
    "through other hosts",
    "Sign-in host",
    "Graph host",
    "PEM file",
)
PEOPLE = ("Addresses, separated by commas:", "opted out, if any:", SURE)
CONTACTS = (
    "The contacts file:",
    "Which column has the account's id?",
    "Which column has the contact's e-mail address?",
)
ACCOUNTS = (
    "with their names?",
    "The accounts file:",
    "Which column has the account's name?",
    "that an account belongs to?",
)
EXCLUDED = "that are not contacts, if any:"
TIME = ("What are the results called?", "Time zone of days", "When do runs start")
ADMINS = "Addresses of administrators"
# what is there already stays, from the addresses to the review
KEEP = (*PEOPLE, "Does that still hold?", *CONTACTS, *ACCOUNTS, EXCLUDED, SURE, *TIME)
