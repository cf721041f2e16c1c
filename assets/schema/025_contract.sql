-- The contract with Backup365's workers: what they read, how they write back, and the feed of changes. README.md in this
-- folder tells their developers.

-- What the workers said of a seat last: the problem that its backup has now (none: no problem), when, and which of them.
ALTER TABLE seat ADD COLUMN problem TEXT;
ALTER TABLE seat ADD COLUMN reported INTEGER;
ALTER TABLE seat ADD COLUMN reporter TEXT;
CREATE INDEX seat_problem ON seat (customer, product) WHERE problem IS NOT NULL;

-- What happened to seats, in the order in which it was committed: SQLite has one writer at a time.
CREATE TABLE seat_change (
  cursor   INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  user     BLOB NOT NULL CHECK (length(user) = 16),
  what     TEXT NOT NULL
) STRICT;

-- Which feed it is, and the last change that was cut off at its beginning.
CREATE TABLE seat_feed (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  feed TEXT NOT NULL,
  cut  INTEGER NOT NULL
) STRICT;
INSERT INTO seat_feed (id, feed, cut) VALUES (1, lower(hex(randomblob(16))), 0);

CREATE TRIGGER seat_fed_new AFTER INSERT ON seat BEGIN
  INSERT INTO seat_change (at, customer, product, user, what)
  VALUES (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), NEW.customer, NEW.product, NEW.user, NEW.state);
END;
CREATE TRIGGER seat_fed AFTER UPDATE ON seat
  WHEN (OLD.state, OLD.left_on, OLD.first_backup, OLD.problem, OLD.address, OLD.name, OLD.kind)
    IS NOT (NEW.state, NEW.left_on, NEW.first_backup, NEW.problem, NEW.address, NEW.name, NEW.kind) BEGIN
  INSERT INTO seat_change (at, customer, product, user, what)
  VALUES (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), NEW.customer, NEW.product, NEW.user, CASE
    WHEN NEW.state <> OLD.state THEN NEW.state
    WHEN NEW.left_on IS NOT OLD.left_on THEN iif(NEW.left_on IS NULL, 'returned', 'left')
    WHEN NEW.first_backup IS NOT OLD.first_backup THEN 'first_backup'
    WHEN NEW.problem IS NOT OLD.problem THEN iif(NEW.problem IS NULL, 'cleared', 'problem')
    ELSE 'renamed' END);
END;

-- Changes of more than 30 days ago are cut, some at each thousandth new one.
CREATE TRIGGER seat_feed_cut AFTER INSERT ON seat_change WHEN NEW.cursor % 1000 = 0 BEGIN
  UPDATE seat_feed SET cut = coalesce((
    SELECT max(cursor) FROM (SELECT cursor, at FROM seat_change ORDER BY cursor LIMIT 2000)
     WHERE at < NEW.at - 2592000000), cut);
  DELETE FROM seat_change WHERE cursor <= (SELECT cut FROM seat_feed);
END;

CREATE VIEW worker_seats_v1 AS
SELECT s.customer, c.reference, c.name AS customer_name, c.is_active AS is_open, s.product, e.tenant, e.server,
       s.user AS user_id, s.address, s.name,
       CASE s.kind WHEN 0 THEN 'guest' WHEN 1 THEN 'room' WHEN 2 THEN 'shared' WHEN 3 THEN 'disabled' WHEN 4 THEN 'user'
         WHEN 5 THEN 'no mailbox' WHEN 6 THEN 'not checked yet' WHEN 7 THEN 'on premises' ELSE 'mailbox' END AS kind,
       s.state, s.since, s.left_on, s.first_backup, s.problem
  FROM seat s
  JOIN customer c ON c.id = s.customer
  LEFT JOIN enablement e ON e.customer = s.customer AND e.product = s.product;

CREATE VIEW worker_hosted_v1 AS
SELECT i.customer, c.reference, i.server, i.account, i.password, i.sample, i.saved
  FROM impersonation i JOIN customer c ON c.id = i.customer
 WHERE EXISTS (SELECT 1 FROM enablement e WHERE e.customer = i.customer AND e.server IS NOT NULL);

CREATE VIEW worker_changes_v1 AS SELECT cursor, at, customer, product, user AS user_id, what FROM seat_change;

CREATE VIEW worker_record_v1 AS
SELECT (SELECT value FROM about WHERE name = 'id') AS record, (SELECT value FROM about WHERE name = 'world') AS world,
       f.feed, f.cut, coalesce((SELECT max(cursor) FROM seat_change), f.cut) AS newest, 30 AS kept_days
  FROM seat_feed f;

-- How a worker writes back; PostgreSQL has functions for it.
CREATE TRIGGER worker_report_v1 INSTEAD OF UPDATE OF first_backup, problem ON worker_seats_v1 BEGIN
  SELECT RAISE(ABORT, 'first_backup is milliseconds since 1970 UTC, from 2020 on and not in the future')
   WHERE NEW.first_backup IS NOT OLD.first_backup AND coalesce(NEW.first_backup NOT BETWEEN 1577836800000
     AND CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 300000, 1);
  SELECT RAISE(ABORT, 'problem is 1 to 300 characters without line breaks')
   WHERE length(trim(NEW.problem)) NOT BETWEEN 1 AND 300 OR NEW.problem GLOB '*[' || char(1) || '-' || char(31) || ']*';
  UPDATE seat SET first_backup = min(coalesce(first_backup, NEW.first_backup), NEW.first_backup), problem = trim(NEW.problem),
         reported = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), reporter = 'a worker on this computer'
   WHERE customer = NEW.customer AND product = NEW.product AND user = NEW.user_id
     AND (problem IS NOT trim(NEW.problem)
       OR first_backup IS NOT min(coalesce(first_backup, NEW.first_backup), NEW.first_backup));
END;
