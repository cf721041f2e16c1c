//! What SQLite and PostgreSQL say differently, and what all other statements keep to so that both take them: SQLite from
//! 3.35, PostgreSQL from 14.
//!
//! * Values are `?1`, `?2` …: PostgreSQL's `$1` is one replacement away, and no statement holds another `?`.
//! * `ON CONFLICT … DO UPDATE` names its columns, and in what follows a column of the old row names its table.
//! * `"user"` is quoted, because it is a word of PostgreSQL's; behind a table's name (`s.user`) it needs no quotes.
//! * A missing value is compared by `coalesce`, never by `IS` or `IS NOT` another value.
//! * A value that may be missing stands where its type can be told: `customer = coalesce(?1, customer)`, not `?1 IS NULL`.
//! * A column beside a count stands in `GROUP BY`, a query in `FROM` has a name, and `CROSS JOIN` takes its condition in
//!   `WHERE`. (SQLite reads tables in the order of a `CROSS JOIN`; where that matters, it is used.)
//! * An order that somebody relies on is asked for, empty values included (`NULLS FIRST`).
//! * What an `INSERT` made or an `UPDATE` left is asked for by `RETURNING`.
//! * Truth is compared as truth (`is_active`, `true`), never with 0 and 1: PostgreSQL keeps it as `boolean`.
//! * `COLLATE NOCASE` orders names and finds references without case. To PostgreSQL that is the name of a collation,
//!   which its schema has to make (`nocase`); all other words are compared byte by byte, its collation `"C"`.
//!
//! * A sum of whole numbers is cast back to one (`CAST(sum(…) AS bigint)`): PostgreSQL makes it longer.
//!
//! Different by nature, and in the files of the database: opening, the schema with its triggers, who waits for whom, the
//! copy (`sqlite/`, `postgres/`), and how values and rows are carried (`tx.rs`).
