-- Who has a run, or had it last; and who asked last for a run that somebody else had.
CREATE TABLE hold (
  run      text COLLATE "C" PRIMARY KEY REFERENCES run (id),
  number   bigint NOT NULL,
  operator text COLLATE "C" NOT NULL,
  host     text COLLATE "C" NOT NULL,
  since    bigint NOT NULL
);
CREATE TABLE takeover (
  run      text COLLATE "C" PRIMARY KEY REFERENCES run (id),
  number   bigint NOT NULL,
  operator text COLLATE "C" NOT NULL,
  host     text COLLATE "C" NOT NULL,
  at       bigint NOT NULL,
  answer   text COLLATE "C"
);
