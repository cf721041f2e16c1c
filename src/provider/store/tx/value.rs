//! Domain values to columns and back. What a column holds comes from outside too: words are cleaned, ids are parsed.

use std::borrow::Cow;

use crate::domain::{
    customer::Product,
    id::{Address, CustomerId, RunId, TenantId, UserId},
    text::Text,
    time::Moment,
    user::{Kind, Kinds},
};

/// What a statement is given, and what a column holds.
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// A struct from the columns of a row: one after another, from `$first` on, into the fields in the order in which they are
/// named; behind the semicolon, fields that are no column.
macro_rules! columns {
    ($row:expr, $first:expr => $kind:ident { $($field:ident),* $(; $other:ident: $value:expr)? }) => {{
        let mut columns = $first..;
        let mut next = || columns.next().unwrap_or_default();
        $kind { $($field: $row.get(next())?,)* $($other: $value)? }
    }};
}
pub(crate) use columns;

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
    &'a RunId: run => Self::Words(run.letters().into()),
    &'a UserId: user => Self::Bytes(user.as_bytes()),
    &'a [u8]: bytes => Self::Bytes(bytes),
    &'a [u8; 32]: bytes => Self::Bytes(bytes),
}

impl<'a, T> From<Option<T>> for Value<'a>
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
    fn read(value: Value<'_>) -> Option<Self>;
}

/// Says what the columns mean that hold a number, words or bytes.
macro_rules! column {
    ($($holds:ident: $from:pat => $kind:ty: $read:expr,)*) => {$(
        impl Column for $kind {
            fn read(value: Value<'_>) -> Option<Self> {
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
    Words: words => RunId: words.parse().ok(),
    Bytes: bytes => UserId: Some(Self::from_bytes(bytes.try_into().ok()?)),
    Bytes: bytes => [u8; 32]: bytes.try_into().ok(),
    Bytes: bytes => Vec<u8>: Some(bytes.to_vec()),
}

impl Column for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Truth(is_true) => Some(is_true),
            Value::Number(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}
