-- How long Microsoft or a hoster asked to be left in peace: when it was said, and for how many milliseconds. Believed only
-- in between, so that a clock that was wrong then makes nobody wait.
CREATE TABLE pause (
  customer INTEGER NOT NULL,
  product  TEXT NOT NULL,
  said     INTEGER NOT NULL,
  lasts    INTEGER NOT NULL CHECK (lasts >= 0),
  PRIMARY KEY (customer, product),
  FOREIGN KEY (customer, product) REFERENCES customer_product (customer, product)
) STRICT;
