-- What can be wrong with snapshot.sql. The comment above a statement is the failure that it must lead
-- to, with its count (others may come with it). Rules that many columns share are in test_schemas.py.

-- Office.CustomerId: not empty, no white space around (3)
UPDATE Office SET CustomerId = '' WHERE CustomerId = 'B';

-- Office.CustomerId: not empty, no white space around (6)
UPDATE Office SET CustomerId = 'B' || chr(9);

-- Office.EngagementScore: between 0 and 100 (2)
UPDATE Office SET EngagementScore = 100.1 WHERE AggregationLevel = 'week';

-- Office.EngagementScore: between 0 and 100 (6)
UPDATE Office SET EngagementScore = -0.1;

-- Office.EngagementScore: between 0 and 100 (6)
UPDATE Office SET EngagementScore = 'nan';

-- Office.EngagementScore: one decimal (6)
UPDATE Office SET EngagementScore = 41.66;

-- Office.DaysSinceLastEmail: at least 0 (6)
UPDATE Office SET DaysSinceLastEmail = -1;

-- Office.DaysSinceLastMeeting: at least 0 (6)
UPDATE Office SET DaysSinceLastMeeting = -1;

-- Office.AggregationLevel: one of year, month, week (6)
UPDATE Office SET AggregationLevel = 'day';

-- Office: PrimaryKey is CustomerId|AggregationLevel|AggregationStartDate (6)
UPDATE Office SET PrimaryKey = 'x' || PrimaryKey;

-- Office: weeks start on a Monday (2)
UPDATE Office SET AggregationStartDate = AggregationStartDate + 1 WHERE AggregationLevel = 'week';

-- Office: months start on the first (2)
UPDATE Office SET AggregationStartDate = AggregationStartDate + 1 WHERE AggregationLevel = 'month';

-- Office: the period has an e-mail or a meeting (6)
UPDATE Office
SET NoOfEmails_ToAccount = 0, NoOfEmails_FromAccount = 0, NoOfContactsInvolved_Meetings = 0;

-- Office: people on both sides when there are e-mails, and only then (6)
UPDATE Office SET NoOfContactsInvolved_Emails = 0;

-- Office: people on both sides when there are e-mails, and only then (6)
UPDATE Office SET NoOfAccountContactsInvolved_Emails = 0;

-- Office: people on both sides when there are e-mails, and only then (6)
UPDATE Office SET NoOfEmails_ToAccount = 0, NoOfEmails_FromAccount = 0;

-- Office: people on both sides when there are meetings (6)
UPDATE Office SET NoOfAccountContactsInvolved_Meetings = 0;

-- Office: people on both sides when there are meetings (6)
UPDATE Office SET NoOfContactsInvolved_Meetings = 0, NoOfAccountContactsInvolved_Meetings = 0;

-- Office: DaysSinceLastEmail is known when there are e-mails (6)
UPDATE Office SET DaysSinceLastEmail = NULL;

-- Office: DaysSinceLastMeeting is known when there are meetings (6)
UPDATE Office SET DaysSinceLastMeeting = NULL;

-- Office: a meeting duration only with meetings (6)
UPDATE Office SET NoOfContactsInvolved_Meetings = 0;

-- Office: a reply duration only with e-mails from the account (6)
UPDATE Office SET AverageDuration_Of_AccountEmailReplies = 5, NoOfEmails_FromAccount = 0;

-- Office_ScoreContribution.Component: one of EmailsFromAccount, TwoWayEmails, Replies, Meetings, AccountPeople, OwnPeople, Recency (6)
UPDATE Office_ScoreContribution SET Component = 'Luck' WHERE Component = 'Recency';

-- Office_ScoreContribution.Reference: a finite number above 0 (6)
UPDATE Office_ScoreContribution SET Reference = 0 WHERE Component = 'Replies';

-- Office_ScoreContribution.Reference: a finite number above 0 (36)
UPDATE Office_ScoreContribution SET Reference = 'inf' WHERE Component <> 'Replies';

-- Office_ScoreContribution.Weight: between 0 and 100 (6)
UPDATE Office_ScoreContribution SET Weight = 101 WHERE Component = 'Replies';

-- Office_ScoreContribution.Weight: between 0 and 100 (6)
UPDATE Office_ScoreContribution SET Weight = -1 WHERE Component = 'Replies';

-- Office_ScoreContribution: Points is Weight * Value / (Value + Reference), 0 when Value is 0 (6)
UPDATE Office_ScoreContribution SET Points = Points + 0.01 WHERE Component = 'Recency';

-- Office_ScoreContribution: Points is Weight * Value / (Value + Reference), 0 when Value is 0 (6)
UPDATE Office_ScoreContribution SET Points = 0.01 WHERE Component = 'Replies';

-- Office_ScoreContribution: a Reference when Value is above 0 (6)
UPDATE Office_ScoreContribution SET Reference = NULL WHERE Component = 'Meetings';

-- Office_Customer.CustomerId: not empty, no white space around (1)
UPDATE Office_Customer SET CustomerId = ' C' WHERE CustomerId = 'C';

-- Office_UserEntity.UserId: not empty, no white space around (1)
UPDATE Office_UserEntity SET UserId = '' WHERE UserId = 'u1';

-- Office_Mailbox.UserId: not empty, no white space around (1)
UPDATE Office_Mailbox SET UserId = 'u1 ' WHERE UserId = 'u1';

-- Office_Mailbox.Status: one of processed, partly, failed, no_mailbox, denied, pending (1)
UPDATE Office_Mailbox SET Status = 'lost' WHERE UserId = 'u1';

-- Office_Mailbox: CoveredFrom is not after CoveredTo, both or neither (1)
UPDATE Office_Mailbox SET CoveredTo = CoveredFrom - INTERVAL 1 SECOND;

-- Office_Mailbox: CoveredFrom is not after CoveredTo, both or neither (1)
UPDATE Office_Mailbox SET CoveredTo = NULL;

-- Office_Mailbox: a stretch is covered when Status is processed or partly (1)
UPDATE Office_Mailbox SET CoveredFrom = NULL;

-- Office_Mailbox: a Reason when Status is not processed (1)
UPDATE Office_Mailbox SET Reason = NULL;

-- Office_Mailbox: a Reason when Status is not processed (1)
UPDATE Office_Mailbox SET Reason = '';

-- Office_Run.RunId: not empty, no white space around (1)
UPDATE Office_Run SET RunId = '' WHERE RunId = 'r1';

-- Office_Run.Status: one of succeeded, succeeded_with_warnings (2)
UPDATE Office_Run SET Status = 'failed';

-- Office_Run: FinishedAt is not before StartedAt (2)
UPDATE Office_Run SET FinishedAt = StartedAt - INTERVAL 1 SECOND;

-- Office_Run: ProcessedAddresses is at most SelectedAddresses (2)
UPDATE Office_Run SET ProcessedAddresses = 3;

-- Office_Run: CustomersEnriched is at most CustomersTotal (1)
UPDATE Office_Run SET CustomersTotal = 1;

-- Office_Run: days of data when there are e-mails or meetings, and only then (2)
UPDATE Office_Run SET DaysOfData = 0;

-- Office_Run: days of data when there are e-mails or meetings, and only then (2)
UPDATE Office_Run SET EmailsProcessed = 0, MeetingsProcessed = 0;

-- Office_Ledger.Item: one of email, meeting, contact (8)
UPDATE Office_Ledger SET Item = 'chat' WHERE Item = 'meeting';

-- Office_Ledger: Outcome is one of the outcomes of Item (1)
UPDATE Office_Ledger SET Outcome = 'accepted' WHERE Item = 'email' AND Outcome = 'draft';

-- Office_ScoreHistory.RunId: not empty, no white space around (1)
UPDATE Office_ScoreHistory SET RunId = ' r1' WHERE RunId = 'r1';

-- Office_ScoreHistory.CustomerId: not empty, no white space around (1)
UPDATE Office_ScoreHistory SET CustomerId = '' WHERE RunId = 'r1';

-- Office_ScoreHistory.EngagementScore: between 0 and 100 (1)
UPDATE Office_ScoreHistory SET EngagementScore = 101 WHERE RunId = 'r1';

-- Office_ScoreHistory.EngagementScore: one decimal (1)
UPDATE Office_ScoreHistory SET EngagementScore = 12.34 WHERE RunId = 'r1';

-- Office: one year row for each account (1)
UPDATE Office SET AggregationLevel = 'month' WHERE PrimaryKey LIKE 'B|year%';

-- Office: one year row for each account (1)
UPDATE Office SET AggregationStartDate = AggregationStartDate + 1 WHERE PrimaryKey LIKE 'B|year%';

-- Office: one EngagementStartDate for each account (1)
UPDATE Office SET EngagementStartDate = EngagementStartDate + 1 WHERE PrimaryKey LIKE 'B|year%';

-- Office: every account is a customer (1)
UPDATE Office_Customer SET CustomerId = 'D' WHERE CustomerId = 'B';

-- Office_ScoreContribution: 7 contributions for each row (2)
UPDATE Office_ScoreContribution SET PrimaryKey = 'nobody'
WHERE Component = 'Recency' AND PrimaryKey LIKE 'B|year%';

-- Office_ScoreContribution: 7 contributions for each row (6)
UPDATE Office_ScoreContribution SET PrimaryKey = replace(PrimaryKey, 'B', 'C')
WHERE PrimaryKey LIKE 'B%';

-- Office_ScoreContribution: points add up to the score (3)
UPDATE Office SET EngagementScore = EngagementScore + 0.1 WHERE CustomerId = 'B';

-- Office_ScoreContribution: points add up to the score (1)
UPDATE Office_ScoreContribution SET Points = 'nan'
WHERE Component = 'Recency' AND PrimaryKey LIKE 'B|year%';

-- Office_ScoreContribution: weights are the same everywhere and sum to 100 (1)
UPDATE Office_ScoreContribution SET Weight = 9 WHERE Component = 'Replies';

-- Office_ScoreContribution: weights are the same everywhere and sum to 100 (1)
UPDATE Office_ScoreContribution SET Weight = 9
WHERE Component = 'Replies' AND PrimaryKey LIKE 'B%';

-- Office_Mailbox: the mailboxes are those of the persons (2)
UPDATE Office_Mailbox SET UserId = 'u3' WHERE UserId = 'u2';

-- Office_Mailbox: the mailboxes are those of the persons (1)
UPDATE Office_Mailbox SET EmailAddress = 'other@contoso.com' WHERE UserId = 'u2';

-- Office_Ledger: read is the sum of the other outcomes (1)
UPDATE Office_Ledger SET Count = Count + 1 WHERE Item = 'email' AND Outcome = 'read';

-- Office_Run: the current run counts the accounts of Office (1)
UPDATE Office_Run SET CustomersEnriched = 1;

-- Office_Run: the current run counts the persons (1)
UPDATE Office_Run SET SelectedAddresses = 3;

-- Office_Run: the current run counts the persons (1)
UPDATE Office_Run SET ProcessedAddresses = 2;

-- Office_Run: the current run warns when a mailbox was not read, or not all of it (1)
UPDATE Office_Run SET Status = 'succeeded';

-- Office_Run: the current run warns when a mailbox was not read, or not all of it (1)
UPDATE Office_Mailbox SET Status = 'no_mailbox' WHERE UserId = 'u2';

-- Office_Run: the current run counts what the ledger counts (1)
UPDATE Office_Run SET EmailsProcessed = 9;

-- Office_Run: the current run counts what the ledger counts (1)
UPDATE Office_Run SET MeetingsProcessed = 9;

-- Office_ScoreHistory: the history knows the runs (1)
UPDATE Office_ScoreHistory SET RunId = 'r0' WHERE RunId = 'r1';

-- Office_ScoreHistory: the history knows the runs (1)
UPDATE Office_ScoreHistory SET AsOfTime = AsOfTime + INTERVAL 1 SECOND WHERE RunId = 'r1';

-- Office_ScoreHistory: the history ends with the scores of Office (1)
UPDATE Office_ScoreHistory SET EngagementScore = EngagementScore + 1 WHERE RunId = 'r2' AND CustomerId = 'B';

-- Office_ScoreHistory: the history ends with the scores of Office (2)
UPDATE Office_ScoreHistory SET CustomerId = 'C' WHERE RunId = 'r2' AND CustomerId = 'B';

-- Column_Lineage.TableName: not empty, no white space around (2)
UPDATE Column_Lineage SET TableName = '';

-- Column_Lineage.ColumnName: not empty, no white space around (2)
UPDATE Column_Lineage SET ColumnName = '';

-- Column_Lineage.SourceTable: not empty, no white space around (1)
UPDATE Column_Lineage SET SourceTable = ' account' WHERE SourceTable = 'account';

-- Column_Lineage.SourceColumn: not empty, no white space around (2)
UPDATE Column_Lineage SET SourceColumn = '';

-- Customer_Profile: a Rank when the account is engaged, and only then (1)
UPDATE Customer_Profile SET Rank = 3 WHERE CustomerId = 'C';

-- Customer_Profile: a Rank when the account is engaged, and only then (2)
UPDATE Customer_Profile SET Rank = NULL;

-- Customer_Profile: nothing is counted for an account that is not engaged (1)
UPDATE Customer_Profile SET Meetings = 1 WHERE CustomerId = 'C';

-- Customer_Profile: nothing is counted for an account that is not engaged (1)
UPDATE Customer_Profile SET EngagementScore = 0.1 WHERE CustomerId = 'C';

-- Customer_Profile: DaysSinceLastContact is the smaller of the two (2)
UPDATE Customer_Profile SET DaysSinceLastContact = DaysSinceLastEmail;

-- Customer_Profile: DaysSinceLastContact is the smaller of the two (2)
UPDATE Customer_Profile SET DaysSinceLastContact = NULL;

-- Customer_Profile: ScoreTrend is RecentScore less EarlierScore (3)
UPDATE Customer_Profile SET ScoreTrend = ScoreTrend + 0.1;

-- Customer_Profile: ScoreChange is EngagementScore less ScoreBefore (1)
UPDATE Customer_Profile SET ScoreChange = -ScoreChange;

-- Customer_Profile: ScoreChange is EngagementScore less ScoreBefore (1)
UPDATE Customer_Profile SET ScoreChange = NULL;

-- Customer_Profile: ScoreChange is EngagementScore less ScoreBefore (2)
UPDATE Customer_Profile SET ScoreChange = 0 WHERE ScoreBefore IS NULL;

-- Customer_Profile: every account has a profile (1)
DELETE FROM Customer_Profile WHERE CustomerId = 'C';

-- Customer_Profile: every account has a profile (2)
UPDATE Customer_Profile SET CustomerId = 'D' WHERE CustomerId = 'C';

-- Customer_Profile: every account has a profile (1)
UPDATE Customer_Profile SET Name = 'Loud Ltd' WHERE CustomerId = 'C';

-- Customer_Profile: profiles have the scores of Office (1)
UPDATE Customer_Profile SET EngagementScore = 48.2 WHERE CustomerId = 'B';

-- Customer_Profile: profiles have the scores of Office (1)
UPDATE Customer_Profile SET IsEngaged = true WHERE CustomerId = 'C';

-- Customer_Profile: every parent is another account (1)
UPDATE Customer_Profile SET ParentId = 'D' WHERE CustomerId = 'C';

-- Customer_Profile: every parent is another account (1)
UPDATE Customer_Profile SET ParentId = 'C' WHERE CustomerId = 'C';

-- Segment_Member: every segment is defined (2)
DELETE FROM Segment_Definition WHERE Segment = 'busy';

-- Segment_Member: every account of Segment_Member is a customer (1)
UPDATE Segment_Member SET CustomerId = 'D' WHERE CustomerId = 'B';

-- Segment_History: no more Joined than Members (1)
UPDATE Segment_History SET Members = 0 WHERE RunId = 'r2';

-- Segment_History: the history of segments ends with their members (1)
DELETE FROM Segment_Member WHERE CustomerId = 'B';

-- Segment_History: the history of segments ends with their members (1)
DELETE FROM Segment_History WHERE RunId = 'r2' AND Segment = 'empty';

-- Segment_History: the history of segments ends with their members (1)
DELETE FROM Segment_Definition WHERE Segment = 'empty';

-- Segment_History: the history of segments counts the changes (1)
DELETE FROM Segment_Change WHERE RunId = 'r1' AND CustomerId = 'C';

-- Segment_History: the history of segments counts the changes (1)
UPDATE Segment_Change SET Change = 'joined' WHERE Change = 'left';

-- Segment_History: the history of segments counts the changes (1)
DELETE FROM Segment_History WHERE RunId = 'r1' AND Segment = 'busy';

-- Segment_History: Segment_History knows the runs (2)
UPDATE Segment_History SET AsOfTime = AsOfTime + INTERVAL 1 DAY WHERE RunId = 'r2';

-- Segment_Change: Segment_Change knows the runs (2)
UPDATE Segment_Change SET RunId = 'r3' WHERE RunId = 'r1';

-- Segment_Change.Change: one of joined, left (4)
UPDATE Segment_Change SET Change = 'stayed';

-- Segment_Change.Cause: one of own, others, rule, coverage (2)
UPDATE Segment_Change SET Cause = 'weather' WHERE Cause IS NOT NULL;

-- Coverage_History: Coverage_History knows the runs (1)
UPDATE Coverage_History SET AsOfTime = AsOfTime + INTERVAL 1 DAY WHERE RunId = 'r1';

-- Coverage_History: the current run counts the mailboxes that are not read (1)
UPDATE Coverage_History SET NotRead = 0 WHERE RunId = 'r2';

-- Coverage_History: the current run counts the mailboxes that are not read (1)
UPDATE Coverage_History SET Mailboxes = 3 WHERE RunId = 'r2';

-- Coverage_History: the current run counts the mailboxes that are not read (1)
DELETE FROM Coverage_History WHERE RunId = 'r2';

-- Coverage_History: no more NotRead, Behind and Partly than Mailboxes (1)
UPDATE Coverage_History SET Partly = 1 WHERE RunId = 'r2';

-- Coverage_History: Changed holds those that came and went (1)
UPDATE Coverage_History SET Came = 1, Gone = 1 WHERE RunId = 'r2';

-- Measure_Definition.Unit: one of number, count, share, score, minutes, days (3)
UPDATE Measure_Definition SET Unit = 'miles';

-- Measure_Definition.Grain: one of business, customer (3)
UPDATE Measure_Definition SET Grain = 'person';

-- Measure_Value: every measure is defined (2)
DELETE FROM Measure_Definition WHERE Measure = 'meetings';

-- Measure_Value: every account of Measure_Value is a customer (1)
UPDATE Measure_Value SET CustomerId = 'D' WHERE CustomerId = 'B';

-- Measure_Value: values are of the measure's grain (1)
UPDATE Measure_Value SET CustomerId = NULL WHERE CustomerId = 'B';

-- Measure_Value: values are of the measure's grain (1)
UPDATE Measure_Value SET CustomerId = 'C' WHERE Measure = 'all_meetings';

-- Measure_History: the history of measures ends with their values (1)
UPDATE Measure_History SET Value = 3 WHERE RunId = 'r2' AND Dimensions IS NULL;

-- Measure_History: the history of measures ends with their values (1)
DELETE FROM Measure_Value WHERE Value IS NULL;

-- Measure_History: the history of measures ends with their values (1)
DELETE FROM Measure_History WHERE RunId = 'r2' AND Dimensions IS NULL;

-- Measure_History: Measure_History knows the runs (1)
DELETE FROM Office_Run WHERE RunId = 'r1';
