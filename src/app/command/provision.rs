//! `backup365 provision`: arguments to plain values.

use crate::{
    cli::provision::Args, commands::journey, driver::front::Stop, exit::Exit, headless::answers::Answers,
};

use super::{
    super::{Refusal, signals},
    Stage,
};

/// Runs it.
pub(in crate::app) fn run(args: &Args, stage: Stage) -> Result<Exit, Refusal> {
    let (context, world) = stage.open()?;
    let start = stage.start(&world)?;
    let stop = Stop::default();
    signals::listen(&stop)?;
    let answers = Answers { customer: args.customer.clone(), ..Answers::default() };
    let report = journey::travel(&start, answers, &stop, &context.clock);
    context.out.note(report.words.as_str());
    Ok(Exit::Internal)
}
