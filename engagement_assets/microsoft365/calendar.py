"""Meetings of one person's calendar."""

from engagement_assets.microsoft365 import slices
from engagement_assets.microsoft365.paging import Query
from engagement_assets.microsoft365.shape import keeper, selected
from engagement_assets.microsoft365.slices import Slice

# Graph's reference says that lastModifiedDateTime cannot be selected in a calendar view; threads
# say that it comes when the organizer is selected too, and else is missing or of the year 1.
# Leaving $select out would bring it, and subject and body with it: never. Where it is unknown it
# counts as earliest (numbers 3.3), and only decides between copies that are not the organiser's.
EVENT_FIELDS = selected("event")

# an id that stays when an item moves; without a preference for a zone, times come in UTC
HEADERS = {"Prefer": 'IdType="ImmutableId"'}

kept = keeper("event")


def events(user_id: str, stretch: Slice) -> Query:
    """Return the query for what lies in the default calendar in a stretch of time.

    Occurrences and exceptions of series, no masters. One that reaches over the edge of two
    stretches comes in both: of an id that occurs twice one version counts (numbers 1).
    """
    return Query(
        f"/users/{user_id}/calendarView",
        {
            "startDateTime": slices.text(stretch.start),
            "endDateTime": slices.text(stretch.end),
            "$select": EVENT_FIELDS,
        },
        HEADERS,
    )
