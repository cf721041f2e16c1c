-- What is kept. Times are milliseconds since 1970-01-01 UTC, ids of users are 16 bytes, booleans are 0 or 1.
-- The seat rows are the contract with the backup workers: they read `seat` and write `first_backup`.

-- Marks the file as ours ("B365"), so that another program's file is never taken for a record.
PRAGMA application_id = 0x42333635;

-- Facts about the record as a whole: `world` is `sandbox` or `live` and never changes.
CREATE TABLE about (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE operator (
  name     TEXT PRIMARY KEY,
  is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
  since    INTEGER NOT NULL
) STRICT;

CREATE TABLE customer (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  reference  TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name       TEXT NOT NULL,
  domain     TEXT NOT NULL,
  is_active  INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  tenant     TEXT,
  is_managed INTEGER NOT NULL CHECK (is_managed IN (0, 1)),
  time_zone  TEXT,
  seats      INTEGER CHECK (seats >= 0),
  added      INTEGER NOT NULL
) STRICT;

-- What a customer bought, and the facts of that product. `seats_on` is kept by the triggers on `seat`.
CREATE TABLE customer_product (
  customer INTEGER NOT NULL REFERENCES customer (id),
  product  TEXT NOT NULL CHECK (product IN ('office365', 'mpexchange', 'business365')),
  kinds    INTEGER NOT NULL DEFAULT 0,
  listed   INTEGER NOT NULL DEFAULT 0,
  eligible INTEGER NOT NULL DEFAULT 0,
  seats_on INTEGER NOT NULL DEFAULT 0 CHECK (seats_on >= 0),
  PRIMARY KEY (customer, product)
) STRICT;

-- One impersonation access per customer, shared by both hosted products. The password is an age file.
CREATE TABLE impersonation (
  customer INTEGER PRIMARY KEY REFERENCES customer (id),
  server   TEXT NOT NULL,
  account  TEXT NOT NULL,
  password BLOB NOT NULL,
  sample   TEXT NOT NULL,
  domains  TEXT NOT NULL, -- JSON list
  given    TEXT,          -- JSON list of addresses; none: the directory is searched
  saved    INTEGER NOT NULL,
  operator TEXT NOT NULL
) STRICT;

CREATE TABLE run (
  id            TEXT PRIMARY KEY, -- the letters, without B365-
  customer      INTEGER NOT NULL,
  product       TEXT NOT NULL,
  opened        INTEGER NOT NULL,
  operator      TEXT NOT NULL,
  touched       INTEGER NOT NULL,
  parked        INTEGER,
  finished      INTEGER,
  tenant        TEXT,
  tenant_name   TEXT,
  tenant_domain TEXT,
  tenant_region TEXT,
  link_shown    INTEGER,
  proved        INTEGER,
  enabled       INTEGER,
  listed        INTEGER NOT NULL DEFAULT 0,
  eligible      INTEGER NOT NULL DEFAULT 0,
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT;

-- One open run per customer and product.
CREATE UNIQUE INDEX run_open ON run (customer, product) WHERE finished IS NULL;

-- Ticks. `exceptions` is the ids, 16 bytes each, one after another.
CREATE TABLE draft (
  run        TEXT PRIMARY KEY REFERENCES run (id),
  is_all     INTEGER NOT NULL CHECK (is_all IN (0, 1)),
  exceptions BLOB NOT NULL CHECK (length(exceptions) % 16 = 0)
) STRICT;

CREATE TABLE enablement (
  customer      INTEGER NOT NULL,
  product       TEXT NOT NULL,
  tenant        TEXT,
  tenant_name   TEXT,
  tenant_domain TEXT,
  tenant_region TEXT,
  server        TEXT,
  operator      TEXT NOT NULL,
  at            INTEGER NOT NULL,
  run           TEXT NOT NULL REFERENCES run (id),
  PRIMARY KEY (customer, product),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product),
  CHECK ((tenant IS NULL) <> (server IS NULL))
) STRICT;

-- One row per user who ever was on. A seat that was turned off stays as a row, so that workers see it.
CREATE TABLE seat (
  customer     INTEGER NOT NULL,
  product      TEXT NOT NULL,
  user         BLOB NOT NULL CHECK (length(user) = 16),
  address      TEXT NOT NULL,
  name         TEXT NOT NULL,
  kind         INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('on', 'off')),
  since        INTEGER NOT NULL,
  operator     TEXT NOT NULL,
  run          TEXT,
  sweep        INTEGER,
  left_on      INTEGER,
  first_backup INTEGER,
  PRIMARY KEY (customer, product, user),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT, WITHOUT ROWID;

-- Counting half a million seats before each batch would cost more than the batch: the count is kept with the rows.
CREATE TRIGGER seat_added AFTER INSERT ON seat WHEN NEW.state = 'on' BEGIN
  UPDATE customer_product SET seats_on = seats_on + 1 WHERE customer = NEW.customer AND product = NEW.product;
END;
CREATE TRIGGER seat_changed AFTER UPDATE OF state ON seat WHEN NEW.state <> OLD.state BEGIN
  UPDATE customer_product SET seats_on = seats_on + iif(NEW.state = 'on', 1, -1)
   WHERE customer = NEW.customer AND product = NEW.product;
END;
CREATE TRIGGER seat_removed AFTER DELETE ON seat WHEN OLD.state = 'on' BEGIN
  UPDATE customer_product SET seats_on = seats_on - 1 WHERE customer = OLD.customer AND product = OLD.product;
END;

CREATE TABLE exclusion (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  user     BLOB NOT NULL CHECK (length(user) = 16),
  at       INTEGER NOT NULL,
  operator TEXT NOT NULL,
  PRIMARY KEY (customer, product, user),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT, WITHOUT ROWID;

-- One confirmed Apply; `ended` is empty while it is to be completed.
CREATE TABLE apply (
  id         INTEGER PRIMARY KEY,
  run        TEXT NOT NULL REFERENCES run (id),
  begun      INTEGER NOT NULL,
  ended      INTEGER,
  is_stopped INTEGER NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX apply_open ON apply (run) WHERE ended IS NULL;

-- Whom a run chose, once per user; written before the first seat. No outcome: still to be done. Rows lie in the order
-- of confirming, which is the order of the batches: a batch touches few pages, however many users there are.
CREATE TABLE chosen (
  id       INTEGER PRIMARY KEY,
  run      TEXT NOT NULL REFERENCES run (id),
  user     BLOB NOT NULL CHECK (length(user) = 16),
  address  TEXT NOT NULL,
  name     TEXT NOT NULL,
  kind     INTEGER NOT NULL,
  outcome  TEXT,
  detail   TEXT,
  UNIQUE (run, user)
) STRICT;
CREATE INDEX chosen_of_run ON chosen (run);

-- Enable Auto. `run` is the run that switched it on.
CREATE TABLE auto_rule (
  customer  INTEGER NOT NULL,
  product   TEXT NOT NULL,
  made      INTEGER NOT NULL,
  operator  TEXT NOT NULL,
  run       TEXT NOT NULL REFERENCES run (id),
  confirmed INTEGER NOT NULL,
  ceiling   INTEGER NOT NULL,
  last_pass INTEGER,
  attention TEXT,
  PRIMARY KEY (customer, product),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT;

-- One pass of Enable Auto for one rule and one 20:00 (`due`).
CREATE TABLE sweep (
  id        INTEGER PRIMARY KEY,
  customer  INTEGER NOT NULL,
  product   TEXT NOT NULL,
  due       INTEGER NOT NULL,
  started   INTEGER NOT NULL,
  finished  INTEGER,
  host      TEXT NOT NULL,
  turned_on INTEGER NOT NULL DEFAULT 0,
  gone      INTEGER NOT NULL DEFAULT 0,
  is_late   INTEGER NOT NULL DEFAULT 0 CHECK (is_late IN (0, 1)),
  attention TEXT,
  UNIQUE (customer, product, due),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT;

-- The sweeper of this record: one row at most.
CREATE TABLE sweeper (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  host      TEXT NOT NULL,
  installed INTEGER,
  last_pass INTEGER
) STRICT;

-- Mailboxes that an Exchange pass saw; `missing` is the first pass that did not.
CREATE TABLE roster (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  address  TEXT NOT NULL,
  missing  INTEGER,
  PRIMARY KEY (customer, product, address),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT, WITHOUT ROWID;

-- Where the next Graph delta query goes on.
CREATE TABLE delta (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  link     TEXT NOT NULL,
  saved    INTEGER NOT NULL,
  PRIMARY KEY (customer, product),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT;

-- Who did what. Rows are only ever added; `hash` covers the row and `before`, the hash of the row before it.
CREATE TABLE audit (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  operator TEXT NOT NULL,
  host     TEXT NOT NULL,
  run      TEXT,
  customer INTEGER,
  what     TEXT NOT NULL,
  before   BLOB NOT NULL CHECK (length(before) = 32),
  hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_of_run ON audit (run);
