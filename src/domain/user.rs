//! Users as they stream in: immutable pages of at most 999 rows, one text block each, and no String per field.

use std::{collections::HashSet, sync::Arc};

use super::{
    filter::{FIELDS, Folds, fold},
    id::UserId,
    text::{Shown, Text},
    time::Moment,
};

/// Rows that one page may hold: the most that Graph sends (`$top` 1 to 999).
pub const PAGE_ROWS: usize = 999;

/// What a listed user is; the first match of product.md section 9, *Users*, decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    /// A guest of the organisation: never eligible.
    Guest,
    /// A room or a piece of equipment: eligible when that kind is included.
    Room,
    /// A shared mailbox: eligible when that kind is included.
    Shared,
    /// A person's mailbox whose sign-in is off: eligible when that kind is included.
    Disabled,
    /// A person's mailbox: eligible.
    User,
    /// No mailbox: never eligible.
    WithoutMailbox,
    /// Has mail, and Exchange has not said yet what it is: billed as a user mailbox where an operator includes it
    /// unchecked.
    NotKnownYet,
    /// A mailbox that is still on the customer's own server (hybrid): never eligible, no cloud backup reaches it.
    OnPremises,
    /// On a hoster's server, which does not tell whose mailbox it is: eligible.
    Mailbox,
}

impl Kind {
    /// All kinds, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::Mailbox,
        Self::Shared,
        Self::Room,
        Self::Disabled,
        Self::NotKnownYet,
        Self::OnPremises,
        Self::Guest,
        Self::WithoutMailbox,
    ];

    /// The kinds that an operator may include.
    pub const INCLUDABLE: [Self; 4] = [Self::Shared, Self::Room, Self::Disabled, Self::NotKnownYet];

    /// The word in the kind column; behind `kind:` in the filter this one and [`Kind::word`] mean the same.
    #[must_use]
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Disabled => "sign-in off",
            kind => kind.word(),
        }
    }

    /// The word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Room => "room",
            Self::Shared => "shared",
            Self::Disabled => "disabled",
            Self::User => "user",
            Self::WithoutMailbox => "no mailbox",
            Self::NotKnownYet => "not checked yet",
            Self::OnPremises => "on premises",
            Self::Mailbox => "mailbox",
        }
    }

    /// The word in flags and plans: without a space.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotKnownYet => "not-checked-yet",
            kind => kind.word(),
        }
    }

    /// The words in tables and sentences ("shared mailboxes").
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Guest => "guests",
            Self::Room => "rooms and equipment",
            Self::Shared => "shared mailboxes",
            Self::Disabled => "users whose sign-in is off",
            Self::User => "user mailboxes",
            Self::WithoutMailbox => "users without a mailbox",
            Self::NotKnownYet => "mailboxes not checked yet",
            Self::OnPremises => "mailboxes on the customer's own server",
            Self::Mailbox => "mailboxes, of people or shared",
        }
    }

    /// The number that the store keeps.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Reads the number that the store kept.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// Which kinds besides user mailboxes are included: one choice per customer and product, shared by All and Auto.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Kinds {
    bits: u8,
}

impl Kinds {
    /// Whether a user of this kind may be turned on. User mailboxes and those of a hoster always; guests, users without mailbox and
    /// mailboxes on premises never.
    #[must_use]
    pub fn allows(self, kind: Kind) -> bool {
        matches!(kind, Kind::User | Kind::Mailbox)
            || (Kind::INCLUDABLE.contains(&kind) && self.bits & (1 << kind.code()) != 0)
    }

    /// The same with one kind switched; kinds that can't be included change nothing.
    #[must_use]
    pub fn toggled(self, kind: Kind) -> Self {
        if Kind::INCLUDABLE.contains(&kind) { Self { bits: self.bits ^ (1 << kind.code()) } } else { self }
    }

    /// The number that the store keeps.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// Reads the number that the store kept; bits of kinds that can't be included are dropped.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        let mask = Kind::INCLUDABLE.iter().fold(0, |mask, kind| mask | (1 << kind.code()));
        Self { bits: bits & mask }
    }
}

/// One row as the provider hands it to the page; everything is cleaned on the way in.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// The id.
    pub id: UserId,
    /// Display name, raw.
    pub name: &'a str,
    /// Primary address or user principal name, raw.
    pub address: &'a str,
    /// The user principal name, raw, where it is another than the address; else empty.
    pub sign_in: &'a str,
    /// Department, raw.
    pub department: &'a str,
    /// What is wrong with this row, raw; empty when nothing is. A row with a problem can't be turned on.
    pub problem: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Index into the page's licence sets.
    pub licences: u16,
    /// `createdDateTime`, where the directory says.
    pub made: Option<Moment>,
}

/// One row of a page, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    /// The id.
    pub id: UserId,
    /// Display name; "(no name)" when the directory has none.
    pub name: Shown<'a>,
    /// Primary address or user principal name.
    pub address: Shown<'a>,
    /// The user principal name, where it is another than the address; else empty.
    pub sign_in: Shown<'a>,
    /// Department, may be empty.
    pub department: Shown<'a>,
    /// What is wrong with this row; empty when nothing is.
    pub problem: Shown<'a>,
    /// What it is.
    pub kind: Kind,
    /// Names of the licences, joined by ", "; may be empty.
    pub licences: Shown<'a>,
    /// When the directory says it was made.
    pub made: Option<Moment>,
}

/// An immutable page of users: one text block, cut points, 16-byte ids, kinds.
#[derive(Debug)]
pub struct UserPage {
    /// All words of the page, each cleaned.
    text: Box<str>,
    /// Ends, [`FIELDS`] per row: name, address, sign-in name, department, problem.
    cuts: Box<[u32]>,
    ids: Box<[UserId]>,
    kinds: Box<[Kind]>,
    licences: Box<[u16]>,
    /// Milliseconds since 1970 UTC; `i64::MIN` where the directory does not say.
    made: Box<[i64]>,
    sets: Arc<[Text]>,
    folded: Folded,
}

/// The fields whose folded form is more than their lower case: folding them takes longer than searching, so it is done
/// once. Nothing for nearly every name.
#[derive(Debug, Default)]
struct Folded {
    /// Row times [`FIELDS`] plus field, ascending.
    fields: Box<[u16]>,
    ends: Box<[u32]>,
    text: Box<str>,
}

impl Folded {
    /// Folds what has to be folded in a page's text.
    fn of(text: &str, cuts: &[u32]) -> Self {
        if text.is_ascii() {
            return Self::default();
        }
        let (mut fields, mut ends, mut folds) = (Vec::new(), Vec::new(), String::new());
        let mut from = 0;
        for (place, to) in (0_u16..).zip(cuts) {
            let to = usize::try_from(*to).unwrap_or(usize::MAX);
            let field = text.get(from..to).unwrap_or_default();
            from = to;
            if field.is_ascii() || usize::from(place) % FIELDS == FIELDS - 1 {
                continue;
            }
            let folded = fold(field);
            if folded != field.to_ascii_lowercase() {
                folds.push_str(&folded);
                fields.push(place);
                ends.push(u32::try_from(folds.len()).unwrap_or(u32::MAX));
            }
        }
        Self { fields: fields.into(), ends: ends.into(), text: folds.into() }
    }
}

#[cfg(test)]
impl UserPage {
    /// A page of user mailboxes with these names, all with one address and one id.
    pub(crate) fn named(names: &[String]) -> Arc<Self> {
        let row = |name| NewUser {
            id: UserId::from_bytes([0; 16]),
            name,
            address: "u@x.example",
            sign_in: "",
            department: "",
            problem: "",
            kind: Kind::User,
            licences: 0,
            made: None,
        };
        let rows: Vec<NewUser<'_>> = names.iter().map(|name| row(name.as_str())).collect();
        Arc::new(Self::new(&rows, Arc::default()))
    }
}

impl UserPage {
    /// Builds a page. Rows past [`PAGE_ROWS`] are left for the next page: the count taken is returned by `len`.
    #[must_use]
    pub fn new(rows: &[NewUser<'_>], sets: Arc<[Text]>) -> Self {
        let rows = rows.get(..rows.len().min(PAGE_ROWS)).unwrap_or_default();
        let mut text = String::with_capacity(rows.len() * 48);
        let mut cuts = Vec::with_capacity(rows.len() * FIELDS);
        for row in rows {
            let fields: [&str; FIELDS] = [row.name, row.address, row.sign_in, row.department, row.problem];
            for (at, raw) in fields.into_iter().enumerate() {
                let clean = Text::clean(raw);
                text.push_str(if at == 0 && clean.is_empty() { "(no name)" } else { clean.as_str() });
                cuts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            }
        }
        Self {
            folded: Folded::of(&text, &cuts),
            text: text.into_boxed_str(),
            cuts: cuts.into(),
            ids: rows.iter().map(|r| r.id).collect(),
            kinds: rows.iter().map(|r| r.kind).collect(),
            licences: rows.iter().map(|r| r.licences).collect(),
            made: rows.iter().map(|r| r.made.map_or(i64::MIN, Moment::as_millis)).collect(),
            sets,
        }
    }

    /// The page without these users: where a list is taken again, whoever came is not shown twice.
    #[must_use]
    pub fn without(&self, users: &HashSet<UserId>) -> Self {
        let rows: Vec<NewUser<'_>> = (0..self.len())
            .filter_map(|at| Some((self.row(at)?, *self.licences.get(at)?)))
            .filter(|(row, _)| !users.contains(&row.id))
            .map(|(row, licences)| NewUser {
                id: row.id,
                name: row.name.as_str(),
                address: row.address.as_str(),
                sign_in: row.sign_in.as_str(),
                department: row.department.as_str(),
                problem: row.problem.as_str(),
                kind: row.kind,
                licences,
                made: row.made,
            })
            .collect();
        Self::new(&rows, Arc::clone(&self.sets))
    }

    /// How many rows it holds, 0 to [`PAGE_ROWS`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds no row; Graph sends such pages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The ids, in row order.
    #[must_use]
    pub fn ids(&self) -> &[UserId] {
        &self.ids
    }

    /// The kinds, in row order.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// One row; none past the end.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<User<'_>> {
        let id = *self.ids.get(at)?;
        let start = if at == 0 { 0 } else { *self.cuts.get(at * FIELDS - 1)? };
        let ends = self.cuts.get(at * FIELDS..(at + 1) * FIELDS)?;
        let [name, address, sign_in, department, problem] = *ends else { return None };
        let made = *self.made.get(at)?;
        Some(User {
            id,
            name: self.slice(start, name)?,
            address: self.slice(name, address)?,
            sign_in: self.slice(address, sign_in)?,
            department: self.slice(sign_in, department)?,
            problem: self.slice(department, problem)?,
            kind: *self.kinds.get(at)?,
            licences: self
                .sets
                .get(usize::from(*self.licences.get(at)?))
                .map(Text::shown)
                .unwrap_or_default(),
            made: (made != i64::MIN).then(|| Moment::from_millis(made)),
        })
    }

    /// The whole block of text, the ends of its fields, [`FIELDS`] per row, and the fields that are folded beside it: for the
    /// filter, which scans it at once.
    pub(in crate::domain) fn block(&self) -> (&str, &[u32], Folds<'_>) {
        let Folded { fields, ends, text } = &self.folded;
        (&self.text, &self.cuts, Folds { fields, ends, text })
    }

    /// The name of a row, folded but for the capitals of ASCII.
    pub(in crate::domain) fn folded_name(&self, at: usize) -> &str {
        self.block()
            .2
            .of(at * FIELDS)
            .or_else(|| self.row(at).map(|user| user.name.as_str()))
            .unwrap_or_default()
    }

    /// The licence set of each row, and the sets.
    pub(in crate::domain) fn licences(&self) -> (&[u16], &[Text]) {
        (&self.licences, &self.sets)
    }

    fn slice(&self, from: u32, to: u32) -> Option<Shown<'_>> {
        self.text.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?).map(Shown::already_clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user<'a>(id: u8, name: &'a str, address: &'a str) -> NewUser<'a> {
        NewUser {
            id: UserId::from_bytes([id; 16]),
            name,
            address,
            sign_in: "",
            department: "Sales",
            problem: "",
            kind: Kind::User,
            licences: 0,
            made: None,
        }
    }

    #[test]
    fn rows_come_back_as_they_went_in_but_clean() {
        let sets: Arc<[Text]> = vec![Text::from("E3")].into();
        let page = UserPage::new(
            &[user(1, "Mila\u{1b}[2J", "mila@bakery.example"), user(2, "  ", "x@y.example")],
            sets,
        );
        let first = page.row(0).unwrap();
        assert_eq!(first.name.as_str(), "Mila\u{FFFD}[2J");
        assert_eq!(first.address.as_str(), "mila@bakery.example");
        assert_eq!(first.licences.as_str(), "E3");
        assert_eq!((first.sign_in.as_str(), first.department.as_str()), ("", "Sales"));
        assert_eq!(page.row(1).unwrap().name.as_str(), "(no name)");
        let two = NewUser { sign_in: "nbrown@ad.bakery.local", ..user(3, "Neil", "neil@bakery.example") };
        let page = UserPage::new(&[two, user(4, "Ann", "ann@bakery.example")], Arc::default());
        assert_eq!(page.row(0).unwrap().sign_in.as_str(), "nbrown@ad.bakery.local");
        assert_eq!(page.row(1).unwrap().sign_in.as_str(), "");
        assert!(page.row(2).is_none());
    }

    #[test]
    fn a_page_without_some_keeps_the_others_as_they_are() {
        let sets: Arc<[Text]> = vec![Text::from("E3"), Text::from("F1")].into();
        let rows = [
            user(1, "Mila", "mila@bakery.example"),
            NewUser { licences: 1, sign_in: "n@ad.local", ..user(2, " ", "neil@bakery.example") },
        ];
        let page = UserPage::new(&rows, sets);
        let rest = page.without(&HashSet::from([rows[0].id]));
        assert_eq!(format!("{:?}", rest.row(0)), format!("{:?}", page.row(1)));
        assert_eq!((rest.len(), rest.row(0).unwrap().licences.as_str()), (1, "F1"));
        assert!(page.without(&rows.map(|row| row.id).into()).is_empty());
    }

    #[test]
    fn four_kinds_can_be_included() {
        let mut kinds = Kinds::default();
        for kind in Kind::ALL {
            kinds = kinds.toggled(kind);
        }
        let allowed: Vec<_> = Kind::ALL.into_iter().filter(|k| kinds.allows(*k)).collect();
        assert_eq!(
            allowed,
            [Kind::User, Kind::Mailbox, Kind::Shared, Kind::Room, Kind::Disabled, Kind::NotKnownYet]
        );
        assert_eq!(Kinds::from_bits(0xff), kinds);
    }
}
