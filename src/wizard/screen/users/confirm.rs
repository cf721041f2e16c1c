//! The table before anything that changes the bill, and the number that is typed to confirm it.

use crate::{
    domain::{
        bill::{Bill, counted, grouped},
        text::Text,
    },
    wizard::{
        event::Intent,
        part::field::{Field, Taken},
        view::{Block, Count},
    },
};

/// From this many on, the number is typed; below, Enter is enough (product.md section 9, *Users*).
const TYPED_FROM: u32 = 2;

/// A number to confirm.
#[derive(Debug, Default)]
pub(super) struct Confirm {
    field: Field,
    problem: Option<Text>,
}

impl Confirm {
    /// Starts over, and says why.
    pub(super) fn again(&mut self, why: impl Into<Text>) {
        self.field.clear();
        self.problem = Some(why.into());
    }

    /// Types into the field.
    pub(super) fn intent(&mut self, intent: &Intent) {
        if self.field.intent(intent) == Taken::Changed {
            self.problem = None;
        }
    }

    /// Erases what was typed; false when there was nothing.
    pub(super) fn clear(&mut self) -> bool {
        let was_filled = !self.field.is_empty();
        self.field.clear();
        was_filled
    }

    /// Whether a number must be typed for this many.
    pub(super) const fn is_typed(count: u32) -> bool {
        count >= TYPED_FROM
    }

    /// Whether what was typed is this number; asks again where it is not.
    pub(super) fn accept(&mut self, count: u32) -> bool {
        let is_right = number(self.field.text()) == Some(count);
        if !is_right {
            let why = if self.field.is_empty() {
                Text::of(format_args!("Type {} to go on.", grouped(count)))
            } else {
                Text::of(format_args!("The table says {}. Nothing has been changed.", grouped(count)))
            };
            self.again(why);
        }
        is_right
    }

    /// The field.
    pub(super) fn block(&self, label: &'static str, hint: &'static str) -> Block<'_> {
        Block::Field(self.field.view(label, hint, self.problem.clone(), true))
    }

    /// Why the table stands here again, where no field says it.
    pub(super) fn problem(&self) -> Option<Block<'_>> {
        self.problem.clone().map(Block::Strong)
    }
}

/// Reads a count as people write it: "1,204", "1 204", "1204".
pub(super) fn number(typed: &str) -> Option<u32> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | ',' | '.' | '\'')).collect();
    if digits.chars().all(|c| c.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The bill: what will be turned on and billed, what stays off and why, seats before and after. `without` says what
/// becomes of users for whom no seat is left.
pub(super) fn table<'a>(bill: &Bill, without: &'static str) -> Vec<Block<'a>> {
    let mut counts: Vec<Count> = bill
        .turn_on
        .iter()
        .map(|(kind, count)| Count { label: Text::from(kind.plural()), count: *count, is_total: false })
        .collect();
    if bill.seats_missing() > 0 {
        counts.push(Count {
            label: Text::from("of these, no seat is left for"),
            count: bill.seats_missing(),
            is_total: false,
        });
    }
    counts.push(Count { label: Text::from("new seats"), count: bill.billed(), is_total: true });
    let mut blocks = vec![
        Block::Para(Text::from("Will be turned on and billed:")),
        Block::Counts(counts),
        Block::Facts(vec![
            fact("Already on", &counted(bill.already_on, "user", "users")),
            fact("Seats now", &grouped(bill.seats_before)),
            fact("Seats after", &grouped(bill.seats_after())),
            fact("Seats bought", &bill.limit.map_or_else(|| "no limit on record".into(), grouped)),
        ]),
    ];
    if bill.seats_missing() > 0 {
        blocks.push(Block::Strong(Text::of(format_args!(
            "{} missing. {without}",
            if bill.seats_missing() == 1 {
                "1 seat is".into()
            } else {
                format!("{} seats are", grouped(bill.seats_missing()))
            }
        ))));
    }
    if !bill.stay_off.is_empty() {
        blocks.push(Block::Para(Text::from("Stays off:")));
        blocks.push(Block::Counts(
            bill.stay_off
                .iter()
                .map(|(why, count)| Count { label: Text::from(why.words()), count: *count, is_total: false })
                .collect(),
        ));
    }
    blocks
}

/// A line of facts.
fn fact(label: &'static str, words: &str) -> (&'static str, Text) {
    (label, Text::clean(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_people_write_them() {
        for (typed, read) in
            [("1204", Some(1_204)), (" 1,204 ", Some(1_204)), ("", None), ("12a", None), ("-3", None)]
        {
            assert_eq!(number(typed), read, "{typed}");
        }
    }

    #[test]
    fn a_wrong_number_empties_the_field_and_says_what_the_table_says() {
        let mut confirm = Confirm::default();
        confirm.intent(&Intent::Insert('3'));
        assert!(!confirm.accept(37));
        assert!(matches!(confirm.problem(), Some(Block::Strong(words)) if words.as_str().contains("37")));
        confirm.intent(&Intent::Paste("37".into()));
        assert!(confirm.accept(37));
        assert!(!Confirm::is_typed(1) && Confirm::is_typed(2));
    }
}
