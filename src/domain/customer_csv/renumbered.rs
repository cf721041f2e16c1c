//! Lines that no longer name their customer. Pure.
//!
//! Excel turns `0042` into `42`, `100000` into `1.00E+05` and `2-3` into `3-Feb` or `2/03/2026`: the line would add a
//! customer who is on record, or write over another one.

use std::collections::HashMap;

use super::{Line, Problem, Sheet};
use crate::domain::{
    command_line,
    customer::{Customer, NewCustomer},
    filter::fold,
    text::{Text, possessive},
};

/// The lines of a sheet that would give a customer the name or the domain of another one, on record or in an earlier line
/// with the same reference but for zeros, and those that would add a customer by a reference that a spreadsheet has made.
#[must_use]
pub fn problems(sheet: &Sheet, on_record: &[Customer]) -> Vec<Problem> {
    let mut known: HashMap<String, Owner<'_>> = HashMap::with_capacity(on_record.len() * 2);
    let on_record_by = on_record.iter().map(|known| (&known.reference, &known.name, &known.domain, 0));
    let in_the_sheet = sheet.lines.iter().map(|Line { number, customer, .. }| {
        (&customer.reference, &customer.name, &customer.domain, *number)
    });
    for (reference, name, domain, line) in on_record_by.chain(in_the_sheet) {
        for word in [domain, name] {
            known.entry(fold(word.as_str())).or_insert(Owner { reference, name, line });
        }
    }
    let references: HashMap<String, &Customer> =
        on_record.iter().map(|customer| (key(&customer.reference), customer)).collect();
    let problem = |line: &Line| {
        let own = references.get(&key(&line.customer.reference)).copied();
        let spoilt = || spoilt(&line.customer).filter(|_| own.is_none());
        let what = alike(sheet, line, own, &known).or_else(spoilt)?;
        Some(Problem { line: line.number, what })
    };
    sheet.lines.iter().filter_map(problem).collect()
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

/// Who had a name or a domain first.
struct Owner<'a> {
    reference: &'a Text,
    name: &'a Text,
    /// The line that says so; 0: the record.
    line: usize,
}

/// Said of a line with the name or the domain of another customer; `own` is the one of the line's reference, whose present
/// name and domain are no news.
fn alike(
    sheet: &Sheet,
    line: &Line,
    own: Option<&Customer>,
    known: &HashMap<String, Owner<'_>>,
) -> Option<Text> {
    let new = &line.customer;
    let (domain, name) = (own.map(|own| &own.domain), own.map(|own| &own.name));
    let (what, other) = [("domain", &new.domain, domain), ("name", &new.name, name)]
        .into_iter()
        .filter(|(_, word, present)| {
            present.is_none_or(|present| fold(present.as_str()) != fold(word.as_str()))
        })
        .find_map(|(what, word, _)| {
            let owner = known.get(&fold(word.as_str()))?;
            // Customers of one file may share a name or a domain, as those on record may: only a spreadsheet's zeros tell
            // that they are one.
            let is_one = owner.line == 0
                || (owner.line < line.number
                    && without_zeros(owner.reference) == without_zeros(&new.reference));
            is_one.then_some((what, owner))
        })?;
    let (reference, owner) = (&new.reference, other.reference);
    let way = match new.tenant.filter(|_| sheet.is_of_partner_center) {
        Some(tenant) if other.line == 0 => {
            let world = command_line::world();
            format!("If it is the same customer: backup365 customers set {owner} --tenant {tenant}{world}")
        }
        _ => "Spreadsheets drop zeros: correct the reference".to_owned(),
    };
    let is = own.map_or_else(|| "is new".to_owned(), |own| format!("is {}", possessive(&own.name)));
    let name = other.name;
    let place = if other.line == 0 { String::new() } else { format!(", line {}", other.line) };
    Some(Text::of(format_args!(
        "the reference {reference} {is}, and {owner} ({name}{place}) has this {what} already. {way}; or import it as it is with \
         --as-new."
    )))
}

/// A reference as a spreadsheet keeps it.
fn without_zeros(reference: &Text) -> &str {
    reference.as_str().trim_start_matches('0')
}

/// Said of a reference that looks like what a spreadsheet makes of another one.
fn spoilt(new: &NewCustomer) -> Option<Text> {
    let reference = new.reference.as_str();
    (is_scientific(reference) || is_day(reference)).then(|| {
        Text::of(format_args!(
            "the reference {reference} is new, and looks like a number or a date that a spreadsheet has made of another \
             one. Correct it, or import it as it is with --as-new."
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

/// `3-Feb`, `Feb-26`, `2/03/2026`.
fn is_day(text: &str) -> bool {
    let is_month = |part: &str| {
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            .contains(&part.to_ascii_lowercase().as_str())
    };
    let is_number = |part: &str| matches!(part.len(), 1 | 2) && part.chars().all(|c| c.is_ascii_digit());
    let is_date = || {
        let parts: Vec<&str> = text.split('/').collect();
        let is_part = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
        parts.iter().all(is_part)
            && matches!(
                parts.iter().map(|part| part.len()).collect::<Vec<_>>()[..],
                [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
            )
    };
    is_date()
        || text.split_once('-').is_some_and(|(one, other)| {
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
        for made in [
            "1.00E+05",
            "1e+12",
            "1,5E+07",
            "3-Feb",
            "Mar-26",
            "12-dec",
            "2/03/2026",
            "1/12/26",
            "2026/02/03",
        ] {
            assert!(is_scientific(made) || is_day(made), "{made}");
        }
        for kept in [
            "C-1",
            "42",
            "E+05",
            "1E+",
            "2-3",
            "3-Febr",
            "Feb-2026-1",
            "A.1E+5x",
            "DEC-7777",
            "2/3",
            "A/1/2026",
            "1/2/345",
        ] {
            assert!(!(is_scientific(kept) || is_day(kept)), "{kept}");
        }
    }
}
