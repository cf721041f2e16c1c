//! The tenant: compared with the record, or typed as a person would. Pure.

use crate::{
    domain::{customer::Product, failure::FailureKind, tenant_input::TenantInput, text::Text},
    wizard::{
        answer::{Action, FieldId, Given, Value},
        view::{Bar, FactId, View},
    },
};

use super::{
    answers::Answers,
    journey::{Journey, Next, end, fail, fail_with, missing, missing_answer},
    page,
    report::End,
};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    is_filled: bool,
    is_settled: bool,
    is_pressed: bool,
}

/// What an answer says of the tenant on the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// Nothing was said.
    Nothing,
    /// It is the same one.
    Same,
    /// It is another one for certain.
    Other,
    /// A domain that is not the default one: only Microsoft knows.
    Unsure,
}

/// Compares the answer with the tenant of the run.
fn named(answers: &Answers, bar: &Bar<'_>) -> Named {
    let Some(typed) = &answers.tenant else { return Named::Nothing };
    match TenantInput::parse(typed) {
        Ok(TenantInput::Guid(id)) if bar.tenant == Some(id) => Named::Same,
        Ok(TenantInput::Guid(_)) if bar.tenant.is_some() => Named::Other,
        Ok(TenantInput::Domain(name)) if bar.domain.is_some_and(|known| known.as_str() == name) => {
            Named::Same
        }
        _ => Named::Unsure,
    }
}

/// Whether the access step has something to say that was given as an answer, and was not gone through yet.
pub(super) fn goes_back(journey: &Journey, answers: &Answers, view: &View<'_>) -> bool {
    let product = Product::ALL.into_iter().find(|product| view.bar.product == Some(product.name()));
    let says = if product.is_some_and(Product::is_hosted) {
        answers.details.is_some()
    } else {
        matches!(named(answers, &view.bar), Named::Other | Named::Unsure)
    };
    says && !journey.has_passed_access
}

/// Path 1: the tenant on record is confirmed once Microsoft has named its organisation.
pub(super) fn confirm(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    journey.has_passed_access = true;
    if view.ask.is_waiting {
        return Next::Wait;
    }
    if done.is_pressed || !page::is_open(view, Action::Yes) {
        return fail_with(view, "The organisation is not known yet. Start again.");
    }
    if matches!(named(answers, &view.bar), Named::Other | Named::Unsure) {
        return another(answers, &view.bar);
    }
    if let Some(missing) = missing_answer(answers) {
        return missing;
    }
    done.is_pressed = true;
    journey.say(organisation(&view.bar));
    Next::Do(Given::Yes)
}

/// Path 2: the tenant is typed as a person would, and saved once its organisation is shown.
pub(super) fn type_tenant(
    done: &mut Done,
    journey: &mut Journey,
    answers: &Answers,
    view: &View<'_>,
) -> Next {
    journey.has_passed_access = true;
    if view.ask.is_waiting {
        return Next::Wait;
    }
    if done.is_pressed {
        return fail_with(view, "The organisation could not be saved. Start again.");
    }
    let Some(typed) = &answers.tenant else {
        let known = [page::typed(view, FieldId::Tenant), journey.domain.as_str(), "bakery.example"];
        let known = known.into_iter().find(|known| !known.is_empty()).unwrap_or_default();
        return missing(
            "--tenant",
            "which Microsoft 365 organisation is it? A tenant ID, a domain or an administrator's e-mail address.",
            Text::of(format_args!("--tenant {known}")),
        );
    };
    if !std::mem::replace(&mut done.is_filled, true) {
        return Next::Do(Given::Fill(FieldId::Tenant, Value::Text(typed.clone())));
    }
    if !std::mem::replace(&mut done.is_settled, true) {
        return Next::Do(Given::Settle(FieldId::Tenant));
    }
    save(done, journey, answers, view)
}

fn save(done: &mut Done, journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    if !page::is_open(view, Action::Save) {
        if let Some((_, problem)) = page::problem(view) {
            return end(End::Wrong, Text::of(format_args!("--tenant can't be used. {problem}")));
        }
        return match page::failure(view) {
            Some(failure) if matches!(failure.kind, FailureKind::NotFound | FailureKind::Refused) => {
                let mut next = fail(view, failure);
                if let Next::End(close) = &mut next {
                    close.end = End::Wrong;
                }
                next
            }
            _ => fail_with(view, "Microsoft named no organisation. Start again."),
        };
    }
    if let Some(missing) = missing_answer(answers) {
        return missing;
    }
    done.is_pressed = true;
    let facts = [FactId::Organisation, FactId::Domain, FactId::Tenant];
    let facts: Vec<String> =
        facts.into_iter().filter_map(|id| Some(page::fact(view, id)?.to_string())).collect();
    journey.say(Text::of(format_args!("Organisation: {}.", facts.join(", "))));
    Next::Do(Given::Submit)
}

/// Enabled before: the tenant can't be changed any more.
pub(super) fn settled(journey: &mut Journey, answers: &Answers, view: &View<'_>) -> Next {
    journey.has_passed_access = true;
    if view.ask.is_waiting {
        return Next::Wait;
    }
    match named(answers, &view.bar) {
        Named::Other => another(answers, &view.bar),
        is_named => {
            if is_named == Named::Unsure {
                let known = organisation(&view.bar);
                journey.say(Text::of(format_args!(
                    "{known} It was settled before in this run, so --tenant was not compared with it."
                )));
            }
            Next::Do(Given::Do(Action::Continue))
        }
    }
}

/// The organisation of the bar, as a sentence.
fn organisation(bar: &Bar<'_>) -> Text {
    let name = bar.organisation.map(|name| name.to_string()).unwrap_or_default();
    let domain = bar.domain.map_or_else(String::new, |domain| format!(", {domain}"));
    let four = bar.last_four.as_ref().map_or_else(String::new, |four| format!(", tenant ends in {four}"));
    Text::of(format_args!("Organisation: {name}{domain}{four}."))
}

/// What was said is not the tenant of the run.
fn another(answers: &Answers, bar: &Bar<'_>) -> Next {
    let typed = Text::clean(answers.tenant.as_deref().unwrap_or_default());
    let tenant = bar.tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
    end(
        End::Wrong,
        Text::of(format_args!(
            "--tenant {typed} is not the tenant on record, {tenant}. {} Nothing was changed. Give the tenant ID, or leave --tenant out; if the record is wrong, an Admin corrects it (backup365 customers).",
            organisation(bar)
        )),
    )
}
