//! The tenant: compared with the record, or typed as a person would.

use std::ops::ControlFlow::{Break, Continue};

use crate::{
    domain::{
        doubt::{self, Doubt},
        failure::Failure,
        flag,
        phrase::{Command, Correction, phrase},
        tenant_input::{TenantInput, TenantMatch},
        text::{Shown, Text},
    },
    wizard::{
        answer::{Action, FieldId, Given, Value},
        view::{Bar, FactId, View},
    },
};

use super::{
    decision::{Decision, fact, give, is_hosted},
    journey::{Headless, Step},
    report::End,
};

impl Headless {
    /// Compares the answer with the tenant of the run; where nothing was said, it is the same one.
    fn compare_tenant(&self, bar: &Bar<'_>) -> TenantMatch {
        let known = bar.domain.map(Shown::as_str);
        let typed = self.answers.tenant.as_ref();
        typed.map_or(TenantMatch::Same, |typed| TenantInput::compare(typed, bar.tenant, known))
    }

    /// Goes back to the access step where an answer has something to say there, and it was not gone through yet.
    pub(super) fn return_to_access(&mut self, view: &View<'_>) -> Decision {
        let says = if is_hosted(view) {
            self.answers.details.is_some()
        } else {
            self.compare_tenant(&view.bar) != TenantMatch::Same
        };
        if !says || self.has_passed_access {
            return Continue(());
        }
        if !view.ask.is_waiting {
            self.once(Step::Back(view.ask.id), Given::Back)?;
        }
        Break(None)
    }

    /// Path 1: the tenant on record is confirmed once Microsoft has named its organisation.
    pub(super) fn confirm_organisation(&mut self, view: &View<'_>) -> Decision {
        if let Some(failure) = view.failure().filter(|failure| failure.is_about_what_was_named()) {
            let customer = view.bar.customer.map(Shown::to_text).unwrap_or_default();
            let command = Command::CustomersSet(customer, Correction::NoTenant);
            let way = phrase!["If the record is wrong, an Admin runs: ", command, "."];
            return self.fail(view, &Failure { hint: failure.hint.clone().then(way), ..failure.clone() });
        }
        let is_known = !self.steps.contains(&Step::Answer(view.ask.id)) && view.page.is_open(Action::Yes);
        self.ensure(is_known, view, "The organisation is not known yet. Start again.")?;
        if self.compare_tenant(&view.bar) != TenantMatch::Same {
            return self.refuse_other_tenant(&view.bar);
        }
        self.need_users()?;
        self.say(organisation(&view.bar));
        self.tell_own(view);
        self.settle(view, Given::Yes)
    }

    /// Path 2: the tenant is typed as a person would, or the one on record is kept, and saved once its organisation is
    /// shown.
    pub(super) fn type_tenant(&mut self, view: &View<'_>) -> Decision {
        let is_first = !self.steps.contains(&Step::Answer(view.ask.id));
        self.ensure(is_first, view, "The organisation could not be saved. Start again.")?;
        match &self.answers.tenant {
            Some(typed) => self.fill(FieldId::Tenant, Value::Text(typed.clone()))?,
            // What is on record stands there already, and need not be given again.
            None if !view.page.typed(FieldId::Tenant).is_empty() => {}
            None if self.domain.is_empty() => return self.need(flag::TENANT, flag::TENANT.example),
            None => return self.need(flag::TENANT, self.domain.clone()),
        }
        self.once(Step::Settle(FieldId::Tenant), Given::Settle(FieldId::Tenant))?;
        if !view.page.is_open(Action::Save) {
            return self.refuse_typed_tenant(view);
        }
        self.need_users()?;
        let facts = [FactId::Organisation, FactId::Domain, FactId::Tenant];
        let facts: Vec<String> =
            facts.into_iter().filter_map(|id| Some(fact(view, id)?.to_string())).collect();
        self.say(format_args!("Organisation: {}.", facts.join(", ")));
        self.tell_own(view);
        self.settle(view, Given::Submit)
    }

    /// The partner's own organisation is named as such.
    fn tell_own(&mut self, view: &View<'_>) {
        if let Some(words) = fact(view, FactId::Own) {
            self.say(words);
        }
    }

    /// Something speaks against the organisation: it is taken where every party was named beforehand.
    pub(super) fn accept_doubts(&mut self, view: &View<'_>) -> Decision {
        let customer = view.bar.customer.map(Shown::to_text).unwrap_or_default();
        let open = self.answers.unaccepted(&view.doubts);
        if !open.is_empty() {
            let flag = open.first().map_or(flag::SAME_ORGANISATION_AS, Doubt::flag_kind).name;
            let example = doubt::flags(&open);
            let words = format!(
                "{flag} is missing: {} Nothing was saved. Ask the customer; where it is right all the same, say so.",
                doubt::sentences(&open, &customer)
            );
            self.report.doubts = open;
            return self.end(End::Missing { flag, example }, words);
        }
        self.say(format_args!("{} That was accepted beforehand.", doubt::sentences(&view.doubts, &customer)));
        give(Given::Yes)
    }

    /// Enabled before: the tenant can't be changed any more.
    pub(super) fn keep_tenant(&mut self, view: &View<'_>) -> Decision {
        let compared = self.compare_tenant(&view.bar);
        if compared == TenantMatch::Other {
            return self.refuse_other_tenant(&view.bar);
        }
        if compared == TenantMatch::Unsure {
            let why = "It was settled before in this run, so --tenant was not compared with it.";
            self.say(format_args!("{} {why}", organisation(&view.bar)));
        }
        give(Given::Do(Action::Continue))
    }

    /// What was said is not the tenant of the run.
    fn refuse_other_tenant(&mut self, bar: &Bar<'_>) -> Decision {
        let typed = Text::clean(self.answers.tenant.as_deref().unwrap_or_default());
        let tenant = bar.tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
        let organisation = organisation(bar);
        let customer = bar.customer.map(Shown::to_text).unwrap_or_default();
        let words = format_args!(
            "--tenant {typed} is not the tenant on record, {tenant}. {organisation} Nothing was changed. Give the tenant ID, or leave --tenant out; if the record is wrong, an Admin runs: {}",
            Command::CustomersSet(customer, Correction::NoTenant)
        );
        self.end(End::Wrong, words)
    }

    /// The tenant that was typed can't be saved.
    fn refuse_typed_tenant(&mut self, view: &View<'_>) -> Decision {
        match (view.page.problem(), view.failure()) {
            (Some((_, problem)), _) => self.refuse(flag::TENANT, problem.for_commands()),
            (None, Some(failure)) if failure.is_about_what_was_named() => self.end_by(End::Wrong, failure),
            _ => self.fail_with(view, "Microsoft named no organisation. Start again."),
        }
    }
}

/// The organisation of the bar, as a sentence.
fn organisation(bar: &Bar<'_>) -> Text {
    let name = bar.organisation.map(|name| name.to_string()).unwrap_or_default();
    let domain = bar.domain.map_or_else(String::new, |domain| format!(", {domain}"));
    let four = bar.last_four.as_ref().map_or_else(String::new, |four| format!(", tenant ID ends in {four}"));
    Text::of(format_args!("Organisation: {name}{domain}{four}."))
}
