//! The tenant: confirmed where it is on record, typed where it is asked; whatever was said must name the same one.

use crate::{
    domain::{failure::FailureKind, tenant_input::TenantInput, text::Text},
    headless::{answers::Answers, look, report::End},
    wizard::{
        event::{Action, Edit, Intent},
        view::{Bar, View, fact},
    },
};

use super::{Course, Next, end, fail, fail_with, missing, users};

/// What has been done here.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// This step was gone through in this journey.
    pub(super) is_passed: bool,
    /// How much of the field has been filled in.
    filled: Filled,
    /// The button was pressed.
    is_pressed: bool,
}

/// How far the field is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Filled {
    #[default]
    Untouched,
    Emptied,
    Typed,
    Left,
}

/// What an answer says of the tenant on the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
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
pub(super) fn named(answers: &Answers, bar: &Bar<'_>) -> Named {
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

/// Path 1: the tenant on record is confirmed once Microsoft has named its organisation.
pub(super) fn confirm(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    course.access.is_passed = true;
    if view.is_waiting {
        return Next::Wait;
    }
    if course.access.is_pressed || !look::is_open(view, Action::Confirm) {
        return fail_with(view, "The organisation is not known yet. Start again.");
    }
    if matches!(named(answers, &view.bar), Named::Other | Named::Unsure) {
        return another(answers, &view.bar);
    }
    if let Some(missing) = users::missing_answer(answers) {
        return missing;
    }
    course.access.is_pressed = true;
    course.say(organisation(&view.bar));
    Next::Do(Intent::Act(Action::Confirm))
}

/// Path 2: the tenant is typed as a person would, and saved once its organisation is shown.
pub(super) fn type_tenant(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    course.access.is_passed = true;
    if view.is_waiting {
        return Next::Wait;
    }
    if course.access.is_pressed {
        return fail_with(view, "The organisation could not be saved. Start again.");
    }
    let Some(typed) = &answers.tenant else {
        let known = look::fields(view).next().map(look::typed).filter(|known| !known.is_empty());
        let known = known.unwrap_or_else(|| course.domain.clone());
        let known = if known.is_empty() { Text::from("bakery.example") } else { known };
        return missing(
            "--tenant",
            "which Microsoft 365 organisation is it? A tenant ID, a domain or an administrator's e-mail address.",
            Text::of(format_args!("--tenant {known}")),
        );
    };
    let (filled, intent) = match course.access.filled {
        Filled::Untouched => (Filled::Emptied, Intent::Edit(Edit::Clear)),
        Filled::Emptied => (Filled::Typed, Intent::Paste(typed.clone())),
        Filled::Typed => (Filled::Left, Intent::NextControl),
        Filled::Left => return save(course, answers, view),
    };
    course.access.filled = filled;
    Next::Do(intent)
}

fn save(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    if !look::is_open(view, Action::Save) {
        if let Some(problem) = look::fields(view).find_map(|field| field.problem.clone()) {
            return end(End::Wrong, Text::of(format_args!("--tenant can't be used. {problem}")));
        }
        return match look::failure(view) {
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
    if let Some(missing) = users::missing_answer(answers) {
        return missing;
    }
    course.access.is_pressed = true;
    let facts: Vec<String> = look::facts(view)
        .into_iter()
        .filter(|(label, _)| matches!(*label, fact::ORGANISATION | fact::DOMAIN | fact::TENANT))
        .map(|(_, words)| words.to_string())
        .collect();
    course.say(Text::of(format_args!("Organisation: {}.", facts.join(", "))));
    Next::Do(Intent::Act(Action::Save))
}

/// Enabled before: the tenant can't be changed any more.
pub(super) fn settled(course: &mut Course, answers: &Answers, view: &View<'_>) -> Next {
    course.access.is_passed = true;
    if view.is_waiting {
        return Next::Wait;
    }
    match named(answers, &view.bar) {
        Named::Other => another(answers, &view.bar),
        is_named => {
            if is_named == Named::Unsure {
                let known = organisation(&view.bar);
                course.say(Text::of(format_args!(
                    "{known} It was settled before in this run, so --tenant was not compared with it."
                )));
            }
            Next::Do(Intent::Act(Action::Confirm))
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
