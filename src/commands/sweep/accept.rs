//! `backup365 sweep --accept-shorter REF=COUNT`: an Admin says that a customer really has so few users now (product.md
//! rule 20). Nothing but the record is needed; the next pass makes use of it.

use std::str::FromStr;

use crate::{
    commands::{
        quietly,
        record_context::{RecordContext, refused},
    },
    domain::{
        bill::counted,
        customer::Customer,
        failure::{Failure, FailureKind},
        phrase::{Command, phrase},
        text::Text,
    },
    exit::Exit,
};

/// Whose list is accepted, and how long it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shorter {
    /// The customer's reference.
    reference: Text,
    /// Users in the list that came short.
    count: u32,
}

impl FromStr for Shorter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (reference, count) = text.rsplit_once('=')?;
            let count = count.trim().replace(',', "").parse().ok().filter(|count| *count > 0)?;
            let reference = Text::clean(reference);
            (!reference.is_empty()).then_some(Self { reference, count })
        };
        read().ok_or_else(|| {
            "expected a customer's reference and the number of users that the last sweep named, like C-1001=980".into()
        })
    }
}

/// Accepts it.
///
/// # Errors
/// The record can't be used, or stdout can't be written for another reason than a closed pipe.
pub fn run(cx: &RecordContext, shorter: &Shorter) -> anyhow::Result<Exit> {
    cx.says_sandbox();
    let accepted = find(cx, &shorter.reference).and_then(|customer| {
        let products = cx.store.accept_shorter(customer.id, shorter.count)?;
        Ok((customer, products))
    });
    let (customer, products) = match accepted {
        Ok(accepted) => accepted,
        Err(failure) => return Err(refused(&failure)),
    };
    let names: Vec<&str> = products.iter().map(|product| product.name()).collect();
    quietly(
        cx.out.say(&format!(
            "Accepted: {} has {} for {} now. The next pass believes a list of about that length, and marks whoever is not on it as \
             gone. Nobody is turned off.",
            customer.name,
            counted(shorter.count, "user", "users"),
            names.join(" and ")
        )),
        Exit::Done,
    )
}

/// The customer with that reference; nobody's record is changed by likeness.
fn find(cx: &RecordContext, reference: &Text) -> Result<Customer, Failure> {
    let wanted = reference.as_str().to_lowercase();
    let found = cx.store.customers()?.into_iter().find(|one| one.reference.as_str().to_lowercase() == wanted);
    found.ok_or_else(|| {
        Failure::new(
            FailureKind::NotFound,
            Text::of(format_args!("no customer with the reference {reference} is on record")),
            phrase!["See: ", Command::CustomersList],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_may_hold_signs_and_a_count_may_be_grouped() {
        for (text, reference, count) in [
            ("C-1001=980", "C-1001", 980),
            ("C-1001=1,980", "C-1001", 1_980),
            ("a=b=7", "a=b", 7),
            (" North 4 = 12 ", "North 4", 12),
        ] {
            assert_eq!(text.parse(), Ok(Shorter { reference: reference.into(), count }), "{text}");
        }
        for text in ["", "=", "C-1001", "C-1001=", "=5", "C-1001=0", "C-1001=-1", "C-1001=many"] {
            assert!(text.parse::<Shorter>().is_err(), "{text}");
        }
    }
}
