//! Columns to domain values and back. What a row holds comes from outside too: words are cleaned, ids are parsed.

use std::str::FromStr;

use rusqlite::{Row, types::Type};

use crate::domain::{
    customer::Product, id::UserId, protection::Chosen, tenant::Organisation, text::Text, time::Moment,
    user::Kind,
};

/// Columns of an organisation, in the order that [`organisation`] reads them.
pub(super) const ORGANISATION: &str = "tenant, tenant_name, tenant_domain, tenant_region";

/// Words of a column.
pub(super) fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<Text> {
    Ok(Text::clean(row.get_ref(at)?.as_str()?))
}

/// Words of a column that may be empty.
pub(super) fn maybe_text(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Text>> {
    Ok(row.get_ref(at)?.as_str_or_null()?.map(Text::clean))
}

/// A moment.
pub(super) fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Moment> {
    row.get(at).map(Moment::from_millis)
}

/// A moment that may not have come yet.
pub(super) fn maybe_moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Moment>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Moment::from_millis))
}

/// Anything that parses.
pub(super) fn parsed<T: FromStr>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    row.get_ref(at)?.as_str()?.parse().map_err(|_unreadable| wrong(at, Type::Text))
}

/// Anything that parses, where there is something.
pub(super) fn maybe_parsed<T: FromStr>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    row.get_ref(at)?
        .as_str_or_null()?
        .map(|words| words.parse().map_err(|_unreadable| wrong(at, Type::Text)))
        .transpose()
}

/// A product's word.
pub(super) fn product(row: &Row<'_>, at: usize) -> rusqlite::Result<Product> {
    Product::from_word(row.get_ref(at)?.as_str()?).ok_or_else(|| wrong(at, Type::Text))
}

/// A user's 16 bytes.
pub(super) fn user(row: &Row<'_>, at: usize) -> rusqlite::Result<UserId> {
    row.get(at).map(UserId::from_bytes)
}

/// User, address, name and kind, from four columns in this order.
pub(super) fn chosen(row: &Row<'_>, at: usize) -> rusqlite::Result<Chosen> {
    let kind = row.get::<_, u8>(at + 3)?;
    Ok(Chosen {
        id: user(row, at)?,
        address: text(row, at + 1)?,
        name: text(row, at + 2)?,
        kind: Kind::from_code(kind).ok_or_else(|| wrong(at + 3, Type::Integer))?,
    })
}

/// An organisation, from the four columns of [`ORGANISATION`]; none without a tenant.
pub(super) fn organisation(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Organisation>> {
    let Some(tenant) = maybe_parsed(row, at)? else { return Ok(None) };
    Ok(Some(Organisation {
        tenant,
        name: maybe_text(row, at + 1)?,
        domain: maybe_text(row, at + 2)?,
        region: maybe_text(row, at + 3)?,
    }))
}

/// A column that holds something of no meaning.
pub(super) fn wrong(at: usize, kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, kind, "not a value of this program".into())
}
