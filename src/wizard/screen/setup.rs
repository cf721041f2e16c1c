//! Screens of `backup365 setup`: what a partner needs before the first customer, part by part. None of them needs a record.

pub(crate) mod certificate;
pub(crate) mod identify;
pub(crate) mod parts;
pub(crate) mod register;
#[cfg(test)]
mod tests;

use crate::domain::groundwork::{Groundwork, Part};

use super::Screen;
use certificate::Certificate;
use identify::Identify;
use parts::Parts;
use register::Register;

/// The screen with which a part begins.
fn of(part: Part, ground: &Groundwork) -> Box<dyn Screen> {
    match part {
        Part::Organisation => Box::new(Identify::new(part, ground)),
        Part::Credential => Box::<Certificate>::default(),
        Part::Customers | Part::Staff => Box::new(Register::new(part, ground)),
    }
}

/// On to what is missing; where nothing is, to what is there.
fn next(ground: &Groundwork) -> Box<dyn Screen> {
    ground.missing().map_or_else(|| Box::<Parts>::default() as Box<dyn Screen>, |part| of(part, ground))
}
