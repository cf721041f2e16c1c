//! Domain values to columns and back. What a column holds comes from outside too: words are cleaned, ids are parsed.
//!
//! Reading is marked `inline`, because a screen may wait for half a million rows: measured, 5 % of them.

use std::borrow::Cow;

use super::Row;
use crate::domain::{
    customer::Product,
    failure::Failure,
    id::{Address, CustomerId, RunId, TenantId, UserId},
    keys::PublicKey,
    text::Text,
    time::Moment,
    user::{Kind, Kinds},
};

/// What a statement is given, and what a column holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value<'a> {
    /// Nothing.
    Null,
    /// True or false; SQLite keeps 1 or 0.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// Text.
    Words(Cow<'a, str>),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// The values of a statement, in the order of its `?1`, `?2` and so on.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::provider::store::tx::Value::from($value)),*]
    };
}
pub(crate) use values;

/// The values of one row of many, in the order of its `?1`, `?2` and so on.
macro_rules! row {
    ($($value:expr),* $(,)?) => {
        [$($crate::provider::store::tx::Value::from($value)),*]
    };
}
pub(crate) use row;

/// Says how a type becomes a [`Value`].
macro_rules! into_value {
    ($($kind:ty: $from:pat => $value:expr,)*) => {$(
        impl<'a> From<$kind> for Value<'a> {
            fn from($from: $kind) -> Self {
                $value
            }
        }
    )*};
}

into_value! {
    bool: is_true => Self::Truth(is_true),
    i64: number => Self::Number(number),
    u32: number => Self::Number(number.into()),
    Moment: moment => Self::Number(moment.as_millis()),
    CustomerId: CustomerId(number) => Self::Number(number),
    Kind: kind => Self::Number(kind.code().into()),
    Kinds: kinds => Self::Number(kinds.bits().into()),
    Product: product => Self::Words(product.word().into()),
    TenantId: tenant => Self::Words(tenant.to_string().into()),
    &'a str: words => Self::Words(words.into()),
    &'a String: words => Self::Words(words.into()),
    &'a Text: words => Self::Words(words.as_str().into()),
    &'a Address: address => Self::Words(address.as_str().into()),
    &'a PublicKey: key => Self::Words(key.as_str().into()),
    &'a RunId: run => Self::Words(run.letters().into()),
    &'a UserId: user => Self::Bytes(user.as_bytes()),
    &'a [u8]: bytes => Self::Bytes(bytes),
    &'a [u8; 32]: bytes => Self::Bytes(bytes),
}

impl<T> From<Option<T>> for Value<'_>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// What a column can mean.
pub(crate) trait Column: Sized {
    /// Reads it; none where it is not a value of this kind.
    fn of(value: Value<'_>) -> Option<Self>;
}

/// Says what the columns mean that hold a number, words or bytes.
macro_rules! column {
    ($($holds:ident: $from:pat => $kind:ty: $read:expr,)*) => {$(
        impl Column for $kind {
            #[inline]
            fn of(value: Value<'_>) -> Option<Self> {
                if let Value::$holds($from) = value { $read } else { None }
            }
        }
    )*};
}

column! {
    Number: number => i64: Some(number),
    Number: number => u32: number.try_into().ok(),
    Number: number => Moment: Some(Self::from_millis(number)),
    Number: number => CustomerId: Some(Self(number)),
    Number: number => Kind: Self::from_code(number.try_into().ok()?),
    Number: number => Kinds: Some(Self::from_bits(number.try_into().ok()?)),
    Words: words => String: Some(words.into_owned()),
    Words: words => Text: Some(Self::clean(&words)),
    Words: words => Product: Self::from_word(&words),
    Words: words => TenantId: words.parse().ok(),
    Words: words => Address: words.parse().ok(),
    Words: words => PublicKey: words.parse().ok(),
    Words: words => RunId: words.parse().ok(),
    Bytes: bytes => UserId: Some(Self::from_bytes(bytes.try_into().ok()?)),
    Bytes: bytes => [u8; 32]: bytes.try_into().ok(),
    Bytes: bytes => Vec<u8>: Some(bytes.to_vec()),
}

impl Column for bool {
    fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Truth(is_true) => Some(is_true),
            Value::Number(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    #[inline]
    fn of(value: Value<'_>) -> Option<Self> {
        if matches!(value, Value::Null) { Some(None) } else { T::of(value).map(Some) }
    }
}

/// What one or more columns of a row mean.
pub(crate) trait Columns: Sized {
    /// Reads the next ones.
    fn read(row: &Row<'_>) -> Result<Self, Failure>;
}

impl<T: Column> Columns for T {
    #[inline]
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        T::of(row.value()?).ok_or_else(|| row.unreadable())
    }
}

impl<A: Columns, B: Columns> Columns for (A, B) {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok((row.read()?, row.read()?))
    }
}

/// Reads a struct from the columns of its fields, in the order in which they are named.
macro_rules! columns {
    ($($kind:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::provider::store::tx::Columns for $kind {
            #[inline]
            fn read(row: &$crate::provider::store::tx::Row<'_>) -> Result<Self, Failure> {
                Ok(Self { $($field: row.read()?),* })
            }
        }
    )*};
}
pub(crate) use columns;
