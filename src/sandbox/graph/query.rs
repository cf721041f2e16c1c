//! OData query options: what a request asks for beside its path.
//!
//! Options are checked as Graph checks them: unknown ones, doubled ones and unsupported ones are refused by name.

use super::Refusal;
use crate::sandbox::answer::{Ask, value};

/// Options of one request.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// `$select`, property names as they were written.
    pub(super) select: Option<Vec<String>>,
    /// `$top`, 1 to 999.
    pub(super) top: Option<usize>,
    /// `$skiptoken`.
    pub(super) skip_token: Option<String>,
    /// `$deltatoken`.
    pub(super) delta_token: Option<String>,
    /// The query without its tokens, as it came: what a next link repeats.
    pub(super) rest: String,
}

impl Query {
    /// Reads the options; `allowed` names those that the path takes.
    ///
    /// # Errors
    /// 400 with the reason.
    pub(super) fn of(ask: &Ask, allowed: &[&str]) -> Result<Self, Refusal> {
        let pairs = ask.pairs();
        let mut query = Self::default();
        for (number, (name, text)) in pairs.iter().enumerate() {
            if !name.starts_with('$') {
                continue;
            }
            if pairs.iter().skip(number + 1).any(|(other, _)| other == name) {
                return Err(Refusal::bad(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            if !allowed.contains(&name.as_str()) {
                return Err(Refusal::bad(format!(
                    "The query specified in the URI is not valid. Query option '{name}' is not allowed."
                )));
            }
            query.take(name, text)?;
        }
        query.rest = ask
            .query
            .split('&')
            .filter(|pair| {
                let name = pair.split('=').next().unwrap_or_default().replace("%24", "$");
                !pair.is_empty() && name != "$skiptoken" && name != "$deltatoken"
            })
            .collect::<Vec<_>>()
            .join("&");
        Ok(query)
    }

    /// One option.
    fn take(&mut self, name: &str, text: &str) -> Result<(), Refusal> {
        match name {
            "$select" => {
                self.select = Some(
                    text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
                );
            }
            "$top" => {
                let top = text.parse().ok().filter(|top| (1..=999).contains(top));
                self.top = Some(top.ok_or_else(|| {
                    Refusal::bad(format!(
                        "Invalid page size specified: '{text}'. Must be between 1 and 999 inclusive."
                    ))
                })?);
            }
            "$skiptoken" => self.skip_token = Some(text.to_owned()),
            "$deltatoken" => self.delta_token = Some(text.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

/// `$select` of an answer that is a plain JSON object; members that begin with `@` stay.
pub(super) fn select(
    ask: &Ask,
    entity: &str,
    mut object: serde_json::Value,
) -> Result<serde_json::Value, Refusal> {
    let pairs = ask.pairs();
    let Some(wanted) = value(&pairs, "$select") else { return Ok(object) };
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    if let Some(members) = object.as_object_mut() {
        if let Some(strange) = wanted.iter().find(|name| !members.contains_key(**name)) {
            return Err(no_property(strange, entity));
        }
        members.retain(|name, _| name.starts_with('@') || wanted.contains(&name.as_str()));
    }
    Ok(object)
}

/// No such property.
pub(super) fn no_property(name: &str, entity: &str) -> Refusal {
    Refusal::bad(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{entity}'."
    ))
}
