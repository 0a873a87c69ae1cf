-- A right snapshot. Two accounts with an e-mail to them, a meeting, and one or four e-mails from them:
-- they differ in EmailsFromAccount only, whose reference is 2. A third account was silent. The run
-- before knew one account only.

CREATE TEMP TABLE period AS SELECT * FROM (VALUES
    ('year', DATE '2025-11-24'), ('month', DATE '2026-11-01'), ('week', DATE '2026-11-23')
) AS period (level, start);

INSERT INTO Office_Customer VALUES ('A|1', 'Åland Ferries'), ('B', NULL), ('C', 'Silent Ltd');

INSERT INTO Office
SELECT
    id || '|' || level || '|' || start, id, score, 1, emails, 0, 1, 2, 1, 1, 1,
    DATE '2026-11-23', 1, 0, 30.5, NULL, start, level
FROM (VALUES ('A|1', 41.7, 1), ('B', 48.3, 4)) AS account (id, score, emails), period;

INSERT INTO Office_ScoreContribution
SELECT PrimaryKey, component, value, reference, weight,
    CASE WHEN value > 0 THEN weight * value / (value + reference) ELSE 0 END
FROM (
    SELECT PrimaryKey, component, weight::DOUBLE AS weight,
        CASE component WHEN 'EmailsFromAccount' THEN NoOfEmails_FromAccount
            WHEN 'Replies' THEN 0 ELSE 1 END::DOUBLE AS value,
        CASE component WHEN 'EmailsFromAccount' THEN 2
            WHEN 'Replies' THEN NULL ELSE 1 END::DOUBLE AS reference
    FROM Office, (VALUES
        ('EmailsFromAccount', 20), ('TwoWayEmails', 15), ('Replies', 10), ('Meetings', 25),
        ('AccountPeople', 10), ('OwnPeople', 10), ('Recency', 10)
    ) AS weights (component, weight)
) AS part;

INSERT INTO Office_UserEntity VALUES ('u1', 'ada@contoso.com'), ('u2', 'grace@contoso.com');

INSERT INTO Office_Mailbox VALUES
    ('u1', 'ada@contoso.com', 'processed', NULL,
        '2025-11-24 00:00:00+00', '2026-11-24 12:00:00+00'),
    ('u2', 'grace@contoso.com', 'failed', 'the mailbox did not answer', NULL, NULL);

INSERT INTO Office_Run VALUES
    ('r1', '2026-11-17 12:00:00+00', '2026-11-17 12:00:00+00', '2026-11-17 12:01:00+00',
        'succeeded', 1, 1, 7, 3, 365, 3, 1),
    ('r2', '2026-11-24 12:00:00+00', '2026-11-24 12:00:00+00', '2026-11-24 12:01:00+00',
        'succeeded_with_warnings', 2, 1, 8, 4, 2, 3, 2);

INSERT INTO Office_ScoreHistory VALUES ('r1', '2026-11-17 12:00:00+00', 'A|1', 40.0);
INSERT INTO Office_ScoreHistory
SELECT 'r2', '2026-11-24 12:00:00+00', CustomerId, EngagementScore FROM Office
WHERE AggregationLevel = 'year';

INSERT INTO Column_Lineage VALUES
    ('Office', 'CustomerId', 'account', 'account_id', 'account id as the customer dataset has it'),
    ('Office', 'EngagementScore', 'Office_ScoreContribution', 'Points', NULL);

-- A is the account above C. It joined the only segment in the first run, B in the second, when C left.

INSERT INTO Customer_Profile VALUES
    ('A|1', 'Åland Ferries', NULL, true, 41.7, 2, 1, 1, 0, 1, 2, 1, 1, 1,
        '2026-11-23', 1, 0, 0, 30.5, NULL, 1, 0, 1, 2, 40.0, 1.7, 30.0, 20.5, 9.5),
    ('B', NULL, NULL, true, 48.3, 1, 1, 4, 0, 1, 2, 1, 1, 1,
        '2026-11-23', 1, 0, 0, 30.5, NULL, 1, 0, 1, 2, NULL, NULL, 10.0, 12.0, -2.0),
    ('C', 'Silent Ltd', 'A|1', false, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0,
        NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, 0, 0, 0);

INSERT INTO Segment_Definition VALUES
    ('busy', 'Busy', 'An e-mail and a meeting.', 'select CustomerId, Meetings …', '["Meetings"]'),
    ('empty', 'Empty', 'Nobody.', 'select CustomerId …', '[]');

INSERT INTO Segment_Member VALUES
    ('busy', 'A|1', '2026-11-17 12:00:00+00', '{"Meetings":1}'),
    ('busy', 'B', '2026-11-24 12:00:00+00', '{"Meetings":1}');

INSERT INTO Segment_History VALUES
    ('r1', '2026-11-17 12:00:00+00', 'busy', 2, 2, 0),
    ('r1', '2026-11-17 12:00:00+00', 'gone', 0, 0, 0),
    ('r2', '2026-11-24 12:00:00+00', 'busy', 2, 1, 1),
    ('r2', '2026-11-24 12:00:00+00', 'empty', 0, 0, 0);

INSERT INTO Segment_Change VALUES
    ('r1', '2026-11-17 12:00:00+00', 'busy', 'A|1', 'joined', NULL, NULL),
    ('r1', '2026-11-17 12:00:00+00', 'busy', 'C', 'joined', NULL, NULL),
    ('r2', '2026-11-24 12:00:00+00', 'busy', 'B', 'joined', '{"Meetings":{"before":0,"after":1}}',
        'coverage'),
    ('r2', '2026-11-24 12:00:00+00', 'busy', 'C', 'left', '{}', 'own');

INSERT INTO Coverage_History VALUES
    ('r1', '2026-11-17 12:00:00+00', 1, 0, 0, 0, NULL, NULL, NULL),
    ('r2', '2026-11-24 12:00:00+00', 2, 1, 1, 0, 0, 0, 1);

INSERT INTO Measure_Definition VALUES
    ('all_meetings', 'All meetings', 'Meetings.', 'count', 'business', 'select …'),
    ('meetings', 'Meetings', 'Meetings of each.', 'count', 'customer', 'select …'),
    ('meetings_by_month', 'Meetings by month', 'Meetings.', 'count', 'business', 'select …');

INSERT INTO Measure_Value VALUES
    ('all_meetings', NULL, NULL, 2),
    ('meetings', 'A|1', NULL, 1),
    ('meetings', 'B', NULL, 1),
    ('meetings_by_month', NULL, '{"Month":"2026-10"}', NULL),
    ('meetings_by_month', NULL, '{"Month":"2026-11"}', 2);

INSERT INTO Measure_History VALUES
    ('r1', '2026-11-17 12:00:00+00', 'all_meetings', NULL, 1),
    ('r2', '2026-11-24 12:00:00+00', 'all_meetings', NULL, 2),
    ('r2', '2026-11-24 12:00:00+00', 'meetings_by_month', '{"Month":"2026-10"}', NULL),
    ('r2', '2026-11-24 12:00:00+00', 'meetings_by_month', '{"Month":"2026-11"}', 2);
