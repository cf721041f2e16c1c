//! `backup365 consent`: how every customer's consent stands, and who must accept again. Everything is read from the record,
//! as of the last look, and held against the set of permissions that settings choose.

pub mod renew;
pub mod status;

use serde_json::{Value, json};

use crate::domain::{
    consent::{CustomerConsent, Standing},
    failure::Failure,
    filter::{fold, has_words},
    permission::{Permission, PermissionSet},
    sydney,
    text::Text,
    time::Moment,
};

use super::record_context::RecordContext;

/// A customer, and how the consent stands.
#[derive(Debug)]
struct Row {
    of: CustomerConsent,
    standing: Standing,
}

/// What the rows are held against, and who reads them.
#[derive(Debug, Clone, Copy)]
struct Terms<'a> {
    cx: &'a RecordContext,
    set: &'a PermissionSet,
    now: Moment,
}

impl Terms<'_> {
    /// Customers whose name or reference has all of the words.
    ///
    /// # Errors
    /// The record can't be read.
    fn rows(self, words: &str) -> Result<Vec<Row>, Failure> {
        let words = fold(words.trim());
        let fits = |of: &CustomerConsent| {
            has_words(&fold(&format!("{} {}", of.customer.reference, of.customer.name)), &words)
        };
        let rows = self.cx.store.consents(None)?.into_iter().filter(fits);
        Ok(rows.map(|of| Row { standing: of.standing(self.set), of }).collect())
    }

    /// "customers are asked for the set standard, version 1".
    fn asked(self) -> String {
        format!("customers are asked for the set {}, version {}", self.set.name.word(), self.set.version())
    }

    /// A moment, as people here read it.
    fn at(self, at: Moment) -> Text {
        sydney::clock_in_words(at, self.now, &self.cx.zone)
    }

    /// The set, as JSON.
    fn set_object(self) -> Value {
        let news = self.set.news.iter().map(Text::as_str).collect::<Vec<_>>();
        json!({"name": self.set.name.word(), "version": self.set.version(), "news": news})
    }

    /// A permission, as JSON.
    fn permission(self, row: &Permission) -> Value {
        json!({"name": row.value.as_str(), "since": self.set.since(row), "reason": row.reason.as_str()})
    }

    /// A customer, as JSON.
    fn object(self, Row { of, standing }: &Row) -> Value {
        let lacking = if let Standing::Lacks(rows) = standing { rows.as_slice() } else { &[] };
        json!({
            "reference": of.customer.reference.as_str(),
            "name": of.customer.name.as_str(),
            "tenant": of.tenant.map(|tenant| tenant.to_string()),
            "run": of.run.as_ref().map(ToString::to_string),
            "state": standing.word(),
            "as_of": of.seen.as_ref().map(|seen| seen.at.to_string()),
            "proved": of.consent.proved.map(|at| at.to_string()),
            "relationship": of.relationship.as_ref().map(Text::as_str),
            "lacks": lacking.iter().map(|row| self.permission(row)).collect::<Vec<_>>(),
            "renewal": of.renewal.as_ref().map(|renewal| json!({
                "asked": renewal.asked.iter().map(Text::as_str).collect::<Vec<_>>(),
                "sent": renewal.sent.to_string(),
                "sent_by": renewal.sent_by.as_str(),
                "reminded": renewal.reminded.map(|at| at.to_string()),
                "reminded_by": renewal.reminded_by.as_ref().map(Text::as_str),
                "accepted": renewal.accepted.map(|at| at.to_string()),
            })),
        })
    }
}

/// "C-1001 · Harbour Street Cafe".
fn named(of: &CustomerConsent) -> String {
    format!("{} · {}", of.customer.reference, of.customer.name)
}
