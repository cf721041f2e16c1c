//! Members that may be of any type: good, missing, or wrong, and never an error.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use uuid::Uuid;

/// Most entries of one list that are looked at. Real ones have some hundred; two bytes on the wire are enough for an entry
/// that takes eighty here, so a hostile list could fill the memory.
const MAX_ITEMS: usize = 10_000;

/// A text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::provider::graph) enum Word<'a> {
    /// Not there, or null.
    #[default]
    Absent,
    /// There.
    Said(Cow<'a, str>),
    /// Of another type.
    Wrong,
}

impl Word<'_> {
    /// The text, if there is one.
    pub(in crate::provider::graph) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Said(text) => Some(text),
            Self::Absent | Self::Wrong => None,
        }
    }
}

/// A truth value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::provider::graph) enum Flag {
    /// Not there, or null.
    #[default]
    Absent,
    /// There.
    Said(bool),
    /// Of another type.
    Wrong,
}

/// A list; entries of the wrong type are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::provider::graph) enum List<T> {
    /// Not there, or null.
    #[default]
    Absent,
    /// There.
    Said(Vec<T>),
    /// Not a list.
    Wrong,
}

impl<T> List<T> {
    /// The entries; none when it is missing or wrong.
    pub(in crate::provider::graph) fn items(&self) -> &[T] {
        match self {
            Self::Said(items) => items,
            Self::Absent | Self::Wrong => &[],
        }
    }

    /// Whether it was sent as something that is no list.
    pub(in crate::provider::graph) const fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong)
    }

    /// Whether it was sent as a list.
    pub(in crate::provider::graph) const fn is_said(&self) -> bool {
        matches!(self, Self::Said(_))
    }
}

/// `assignedLicenses`: the SKU ids.
pub(super) struct Skus(pub(super) List<Uuid>);

/// `assignedPlans`: the ids of plans that work, enabled or in their grace period (reference, section 7.5).
pub(super) struct ActivePlans(pub(super) List<Uuid>);

/// `proxyAddresses`: the primary one, marked by `SMTP:` in capitals.
pub(super) struct Primary<'a>(pub(super) List<Cow<'a, str>>);

/// Any JSON value, sorted by type.
enum Any<'de, T> {
    Null,
    Bool(bool),
    Text(Cow<'de, str>),
    Number,
    List(Vec<T>),
    Object(Members<'de>),
}

/// The members of small objects that anyone asks for.
#[derive(Default)]
struct Members<'de> {
    sku: Option<Cow<'de, str>>,
    plan: Option<Cow<'de, str>>,
    status: Option<Cow<'de, str>>,
}

struct AnyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Any<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyVisitor<T> {
    type Value = Any<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Any::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Any::Bool(value))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Any::Number)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Any::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Any::Number)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Any::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Any::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX_ITEMS
            && let Some(item) = seq.next_element()?
        {
            items.push(item);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Any::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::default();
        while let Some(key) = map.next_key::<Word<'de>>()? {
            let place = match key.as_str().unwrap_or_default() {
                "skuId" => &mut members.sku,
                "servicePlanId" => &mut members.plan,
                "capabilityStatus" => &mut members.status,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if let Word::Said(text) = map.next_value()? {
                *place = Some(text);
            }
        }
        Ok(Any::Object(members))
    }
}

impl<'de> Deserialize<'de> for Word<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Any::<IgnoredAny>::deserialize(deserializer)? {
            Any::Null => Self::Absent,
            Any::Text(text) => Self::Said(text),
            Any::Bool(_) | Any::Number | Any::List(_) | Any::Object(_) => Self::Wrong,
        })
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Any::<IgnoredAny>::deserialize(deserializer)? {
            Any::Null => Self::Absent,
            Any::Bool(value) => Self::Said(value),
            Any::Text(_) | Any::Number | Any::List(_) | Any::Object(_) => Self::Wrong,
        })
    }
}

/// A list of whatever `pick` finds in its entries.
fn list<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    pick: impl Fn(Any<'de, IgnoredAny>) -> Option<T>,
) -> Result<List<T>, D::Error> {
    Ok(match Any::<Any<'de, IgnoredAny>>::deserialize(deserializer)? {
        Any::Null => List::Absent,
        Any::List(items) => List::Said(items.into_iter().filter_map(pick).collect()),
        Any::Bool(_) | Any::Text(_) | Any::Number | Any::Object(_) => List::Wrong,
    })
}

impl<'de> Deserialize<'de> for Skus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer, |entry| match entry {
            Any::Object(members) => Uuid::try_parse(&members.sku?).ok(),
            _ => None,
        })
        .map(Self)
    }
}

impl<'de> Deserialize<'de> for ActivePlans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer, |entry| match entry {
            Any::Object(Members { plan: Some(plan), status: Some(status), .. })
                if matches!(status.as_ref(), "Enabled" | "Warning") =>
            {
                Uuid::try_parse(&plan).ok()
            }
            _ => None,
        })
        .map(Self)
    }
}

impl<'de> Deserialize<'de> for Primary<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer, |entry| match entry {
            Any::Text(Cow::Borrowed(text)) => text.strip_prefix("SMTP:").map(Cow::Borrowed),
            Any::Text(Cow::Owned(text)) => text.strip_prefix("SMTP:").map(|t| Cow::Owned(t.to_owned())),
            _ => None,
        })
        .map(Self)
    }
}
