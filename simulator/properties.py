"""The properties that Graph's types have, as far as clients may name them.

Naming another one is an error (400), as in life: so a misspelt `$select` does not go unnoticed.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


USER_DEFAULTS = (
    *("id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone"),
    *("officeLocation", "preferredLanguage", "surname", "userPrincipalName"),
)
"""What comes of a user without `$select`: neither proxyAddresses nor accountEnabled."""

USER = _words(
    "accountEnabled userType proxyAddresses createdDateTime companyName department country "
    "preferredDataLocation usageLocation onPremisesSyncEnabled otherMails assignedLicenses "
    "assignedPlans externalUserState"
) | frozenset(USER_DEFAULTS)

PER_USER = _words("mailboxSettings skills interests aboutMe birthday")
"""What can only be read for one user at a time."""

GROUP = _words(
    "id displayName description groupTypes mail mailEnabled mailNickname securityEnabled "
    "proxyAddresses visibility createdDateTime preferredDataLocation membershipRule"
)

MESSAGE_WITHHELD = _words("body bodyPreview uniqueBody attachments")
"""What Mail.ReadBasic does not give."""

MESSAGE = MESSAGE_WITHHELD | _words(
    "id createdDateTime lastModifiedDateTime changeKey categories receivedDateTime sentDateTime "
    "hasAttachments internetMessageId internetMessageHeaders subject importance parentFolderId "
    "conversationId conversationIndex isDeliveryReceiptRequested isReadReceiptRequested isRead "
    "isDraft webLink inferenceClassification sender from toRecipients ccRecipients bccRecipients "
    "replyTo flag meetingMessageType event extensions"
)

MAIL_FOLDER = _words(
    "id displayName parentFolderId childFolderCount unreadItemCount totalItemCount isHidden "
    "sizeInBytes"
)

EVENT_WITHHELD = _words("body bodyPreview attachments extensions")
"""What Calendars.ReadBasic does not give."""

EVENT = EVENT_WITHHELD | _words(
    "id createdDateTime lastModifiedDateTime changeKey categories originalStartTimeZone "
    "originalEndTimeZone iCalUId reminderMinutesBeforeStart isReminderOn hasAttachments subject "
    "importance sensitivity isAllDay isCancelled isOrganizer responseRequested seriesMasterId "
    "showAs type webLink onlineMeetingUrl isOnlineMeeting onlineMeetingProvider "
    "allowNewTimeProposals isDraft hideAttendees responseStatus start end location locations "
    "recurrence attendees organizer onlineMeeting originalStart occurrenceId transactionId"
)
