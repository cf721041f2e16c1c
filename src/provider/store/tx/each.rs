//! What is done for each of many rows, in one statement of PostgreSQL's: a list of values for each column goes there, and the
//! server makes rows of them. A statement for each row would cost it, and this program, more than what the row is about.

use std::{collections::HashSet, fmt::Write as _};

use tokio_postgres::types::Type;

use super::Value;

/// Rows that go into one statement; more are handed over in several, so that half a million are never held twice. In tests so
/// few that they need several.
pub(super) const AT_ONCE: usize = if cfg!(test) { 700 } else { 5_000 };

/// An insertion of many rows, and what is done where such a row is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Insert {
    /// The table and its columns: "form (owner, fields)".
    pub(crate) into: &'static str,
    /// What they get, by the values of the row: "?1, ?2".
    pub(crate) values: &'static str,
    /// "ON CONFLICT …"; the new row is called `excluded` there, and its values have no number.
    pub(crate) or: &'static str,
    /// So many of the row's first values name it. Of rows that come twice the later ones find the earlier ones there.
    pub(crate) key: usize,
}

impl Insert {
    /// The statement for one row.
    pub(super) fn one(&self) -> String {
        format!("INSERT INTO {} VALUES ({}) {}", self.into, self.values, self.or)
    }

    /// The statement for rows with values of these types, in their order. None may come twice.
    pub(super) fn many(&self, types: &[Type]) -> String {
        let (into, or, values) = (self.into, self.or, of_row(self.values));
        format!("INSERT INTO {into} SELECT {values} FROM {} ORDER BY r.n {or}", rows(types))
    }
}

/// A change of many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    /// The table.
    pub(crate) table: &'static str,
    /// What its columns get, by the values of the row: "fields = ?2".
    pub(crate) set: &'static str,
    /// Which row it is: "owner = ?1".
    pub(crate) whose: &'static str,
    /// So many of the row's first values name it, as with [`Insert`].
    pub(crate) key: usize,
}

impl Update {
    /// The statement for one row.
    pub(super) fn one(&self) -> String {
        format!("UPDATE {} SET {} WHERE {}", self.table, self.set, self.whose)
    }

    /// The statement for rows with values of these types, in their order. None may come twice.
    pub(super) fn many(&self, types: &[Type]) -> String {
        let (table, set, whose) = (self.table, of_row(self.set), of_row(self.whose));
        format!("UPDATE {table} SET {set} FROM {} WHERE {whose}", rows(types))
    }
}

/// Takes rows apart so that none comes twice in a part, by so many first values; each part in the order of the rows.
pub(super) fn parts<const N: usize>(rows: Vec<[Value<'_>; N]>, key: usize) -> Vec<Vec<[Value<'_>; N]>> {
    let (mut parts, mut rest) = (Vec::new(), rows);
    while !rest.is_empty() {
        let mut seen = HashSet::with_capacity(rest.len());
        let (part, again) = rest.into_iter().partition(|row| seen.insert(row.get(..key).map(<[_]>::to_vec)));
        parts.push(part);
        rest = again;
    }
    parts
}

/// The statement that asks for the first row of a query, for rows with values of these types; which of them, from 1, stands
/// in the last column.
pub(super) fn first_of_each(sql: &str, types: &[Type]) -> String {
    format!("SELECT f.*, r.n FROM {} CROSS JOIN LATERAL ({} LIMIT 1) AS f", rows(types), of_row(sql))
}

/// The values of rows as lists, one for each column.
pub(super) fn lists<const N: usize>(rows: Vec<[Value<'_>; N]>) -> Vec<Vec<Value<'_>>> {
    let mut lists: Vec<_> = (0..N).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (list, value) in lists.iter_mut().zip(row) {
            list.push(value);
        }
    }
    lists
}

/// A statement about one row, as it stands in one about many.
fn of_row(sql: &str) -> String {
    sql.replace('?', "r.v")
}

/// The rows that are made of lists of these types, as `r`: `v1`, `v2` and so on, and `n`, their number.
fn rows(types: &[Type]) -> String {
    let (mut lists, mut names) = (String::new(), String::new());
    for (number, ty) in (1..).zip(types) {
        let comma = if number > 1 { ", " } else { "" };
        // Writing to a String never fails.
        let _ok = write!(lists, "{comma}${number}::{}[]", ty.name());
        let _ok = write!(names, "v{number}, ");
    }
    format!("unnest({lists}) WITH ORDINALITY AS r ({names}n)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_come_twice_go_into_parts_of_their_own_in_their_order() {
        let rows = [(1, 10), (2, 20), (1, 11), (3, 30), (1, 12), (2, 21)];
        let rows = rows.map(|(key, value)| [Value::Number(key), Value::Number(value)]).to_vec();
        let values = |part: Vec<[Value<'static>; 2]>| part.into_iter().map(|[_, value]| value).collect();
        let parts: Vec<Vec<Value<'_>>> = parts(rows, 1).into_iter().map(values).collect();
        let number = |all: &[i64]| all.iter().copied().map(Value::Number).collect::<Vec<_>>();
        assert_eq!(parts, [number(&[10, 20, 30]), number(&[11, 21]), number(&[12])]);
    }
}
