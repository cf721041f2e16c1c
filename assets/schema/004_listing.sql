-- What the next list of users is held against: `listed` users were in the last one that was believed. `short` were in the
-- last one that was not, where an Admin may accept that; `accepted` is what an Admin accepts, until a list is believed.
CREATE TABLE listing (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  listed   INTEGER NOT NULL DEFAULT 0,
  short    INTEGER,
  accepted INTEGER,
  PRIMARY KEY (customer, product),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT, WITHOUT ROWID;
INSERT INTO listing (customer, product, listed)
  SELECT customer, product, listed FROM customer_product WHERE listed > 0;

-- Users whom Enable Auto was told or promised to turn on and who are not on yet: a list that lacks them does not prove
-- that they are gone.
CREATE TABLE scheduled (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  user     BLOB NOT NULL CHECK (length(user) = 16),
  address  TEXT NOT NULL,
  PRIMARY KEY (customer, product, user),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT, WITHOUT ROWID;
