//! Lines that would add a customer who is on record under another reference. Pure.
//!
//! Excel turns `0042` into `42`, `100000` into `1.00E+05` and `2-3` into `3-Feb`: the line no longer names its customer, and
//! would add a second one.

use std::collections::HashMap;

use super::{Line, Problem, Sheet};
use crate::domain::{
    customer::{Customer, NewCustomer},
    filter::fold,
    text::Text,
};

/// The lines of a sheet that would be added although somebody on record has the name or the domain, and those whose
/// reference a spreadsheet has made.
#[must_use]
pub fn problems(sheet: &Sheet, on_record: &[Customer]) -> Vec<Problem> {
    let mut known: HashMap<String, &Customer> = HashMap::with_capacity(on_record.len() * 2);
    for customer in on_record {
        for name in [&customer.domain, &customer.name] {
            known.entry(fold(name.as_str())).or_insert(customer);
        }
    }
    let references: HashMap<String, &Customer> =
        on_record.iter().map(|customer| (key(&customer.reference), customer)).collect();
    let is_new = |line: &&Line| !references.contains_key(&key(&line.customer.reference));
    let problem = |line: &Line| {
        let what = alike(sheet, &line.customer, &known).or_else(|| spoilt(&line.customer))?;
        Some(Problem { line: line.number, what })
    };
    sheet.lines.iter().filter(is_new).filter_map(problem).collect()
}

/// Leaves out the lines of Partner Center's list whose tenant is on record: it knows nothing else that the record does
/// not know better. Answers how many.
pub fn drop_known(sheet: &mut Sheet, on_record: &[Customer]) -> usize {
    let before = sheet.lines.len();
    if sheet.is_of_partner_center {
        sheet.lines.retain(|line| {
            line.customer.tenant.is_none()
                || on_record.iter().all(|known| known.tenant != line.customer.tenant)
        });
    }
    before - sheet.lines.len()
}

/// Said of a customer whose name or domain is on record under another reference.
fn alike(sheet: &Sheet, new: &NewCustomer, known: &HashMap<String, &Customer>) -> Option<Text> {
    let (what, other) = [("domain", &new.domain), ("name", &new.name)]
        .into_iter()
        .find_map(|(what, word)| Some((what, known.get(&fold(word.as_str()))?)))?;
    let (reference, owner) = (&new.reference, &other.reference);
    let way = match new.tenant.filter(|_| sheet.is_of_partner_center) {
        Some(tenant) => {
            format!("If it is the same customer: backup365 customers set {owner} --tenant {tenant}")
        }
        None => "Spreadsheets drop zeros: correct the reference".to_owned(),
    };
    let name = &other.name;
    Some(Text::of(format_args!(
        "the reference {reference} is new, and {owner} ({name}) has this {what} already. {way}; or add another customer with \
         --as-new."
    )))
}

/// Said of a reference that looks like what a spreadsheet makes of another one.
fn spoilt(new: &NewCustomer) -> Option<Text> {
    let reference = new.reference.as_str();
    (is_scientific(reference) || is_day(reference)).then(|| {
        Text::of(format_args!(
            "the reference {reference} is new, and looks like a number or a date that a spreadsheet has made of another \
             one. Correct it, or add the customer with --as-new."
        ))
    })
}

/// `1.00E+05`.
fn is_scientific(text: &str) -> bool {
    let is_number = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    let is_power = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    text.to_ascii_uppercase().split_once("E+").is_some_and(|(one, other)| is_number(one) && is_power(other))
}

/// `3-Feb`, `Feb-26`.
fn is_day(text: &str) -> bool {
    let is_month = |part: &str| {
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            .contains(&part.to_ascii_lowercase().as_str())
    };
    let is_number = |part: &str| matches!(part.len(), 1 | 2) && part.chars().all(|c| c.is_ascii_digit());
    text.split_once('-').is_some_and(|(one, other)| {
        (is_number(one) && is_month(other)) || (is_month(one) && is_number(other))
    })
}

/// References are the same whatever the case of their letters, as the record has it.
fn key(reference: &Text) -> String {
    reference.as_str().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_makes_of_a_reference_is_known() {
        for made in ["1.00E+05", "1e+12", "1,5E+07", "3-Feb", "Mar-26", "12-dec"] {
            assert!(is_scientific(made) || is_day(made), "{made}");
        }
        for kept in ["C-1", "42", "E+05", "1E+", "2-3", "3-Febr", "Feb-2026-1", "A.1E+5x", "DEC-7777"] {
            assert!(!(is_scientific(kept) || is_day(kept)), "{kept}");
        }
    }
}
