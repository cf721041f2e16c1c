-- The keys that passwords of hosted customers are encrypted for, and which of them open, or opened, which password.
CREATE TABLE recipient (
  key        text COLLATE "C" PRIMARY KEY,
  name       text COLLATE "C" NOT NULL,
  added      bigint NOT NULL,
  added_by   text COLLATE "C" NOT NULL,
  removed    bigint,
  removed_by text COLLATE "C"
);
CREATE UNIQUE INDEX recipient_name ON recipient (name) WHERE removed IS NULL;

CREATE TABLE opener (
  customer   bigint NOT NULL REFERENCES customer (id),
  key        text COLLATE "C" NOT NULL REFERENCES recipient (key),
  is_current boolean NOT NULL,
  PRIMARY KEY (customer, key)
);
