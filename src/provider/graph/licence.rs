//! Names of licences, and which service plans make a mailbox: `assets/skus.toml`, keyed by GUID.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::{partner_list::Licence, text::Text};

/// The table as it is built in.
const TABLE: &str = include_str!("../../../assets/skus.toml");

/// The tables, ready to ask.
#[derive(Clone, Debug)]
pub(super) struct Licences {
    names: HashMap<Uuid, Text>,
    mailbox_plans: HashSet<Uuid>,
}

impl Licences {
    /// Reads the built-in table.
    ///
    /// # Errors
    /// Only a damaged table, which a test rules out.
    pub(super) fn built_in() -> Result<Self, String> {
        let table: toml::Table = TABLE.parse().map_err(|e: toml::de::Error| e.message().to_owned())?;
        let mut licences = Self { names: HashMap::new(), mailbox_plans: HashSet::new() };
        for (id, row) in rows(&table, "sku")? {
            let name = row.get("name").and_then(toml::Value::as_str).ok_or("a licence without a name")?;
            licences.names.insert(id, Text::clean(name));
        }
        licences.mailbox_plans = rows(&table, "mailbox_plan")?.into_iter().map(|(id, _)| id).collect();
        Ok(licences)
    }

    /// The same with the part numbers that a tenant's `/subscribedSkus` names, for licences the table does not know.
    pub(super) fn with_subscribed(&self, answer: &Value) -> Self {
        let mut licences = self.clone();
        for row in answer.get("value").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| row.get(key).and_then(Value::as_str);
            let id = text("skuId").and_then(|id| Uuid::try_parse(id).ok());
            if let (Some(id), Some(part)) = (id, text("skuPartNumber")) {
                licences.names.entry(id).or_insert_with(|| Text::clean(part));
            }
        }
        licences
    }

    /// What a tenant's `/subscribedSkus` says it has bought, by name; what is switched off, and what is no user's, is left out.
    pub(super) fn bought(&self, answer: &Value) -> Vec<Licence> {
        let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = |row: &Value, key: &str| text(row, key).and_then(|id| Uuid::try_parse(&id).ok());
        let licence = |row: &Value| {
            let is_off = matches!(text(row, "capabilityStatus").as_deref(), Some("Deleted" | "Suspended"));
            if is_off || text(row, "appliesTo").as_deref() == Some("Company") {
                return None;
            }
            let units = row.pointer("/prepaidUnits/enabled").and_then(Value::as_u64).unwrap_or_default();
            let plans = row.get("servicePlans").and_then(Value::as_array).into_iter().flatten();
            let plans: Vec<Uuid> = plans.filter_map(|plan| id(plan, "servicePlanId")).collect();
            Some(Licence {
                name: self.names.get(&id(row, "skuId")?)?.clone(),
                bought: u32::try_from(units).unwrap_or(u32::MAX),
                has_mailbox: self.has_mailbox(&plans),
            })
        };
        let rows = answer.get("value").and_then(Value::as_array).into_iter().flatten();
        let mut bought: Vec<Licence> = rows.filter_map(licence).collect();
        bought.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
        bought
    }

    /// Whether one of these plans makes a mailbox (reference, section 7.6.2).
    pub(super) fn has_mailbox(&self, active_plans: &[Uuid]) -> bool {
        active_plans.iter().any(|plan| self.mailbox_plans.contains(plan))
    }

    /// The names of a user's licences, joined by ", ".
    pub(super) fn names(&self, skus: &[Uuid]) -> Text {
        let names: Vec<&str> =
            skus.iter().map(|sku| self.names.get(sku).map_or("unknown licence", Text::as_str)).collect();
        Text::clean(&names.join(", "))
    }
}

/// The rows of one table with their GUIDs.
fn rows<'a>(table: &'a toml::Table, name: &str) -> Result<Vec<(Uuid, &'a toml::Value)>, String> {
    let list =
        table.get(name).and_then(toml::Value::as_array).ok_or_else(|| format!("[[{name}]] is missing"))?;
    list.iter()
        .map(|row| {
            let id = row.get("id").and_then(toml::Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
            id.map(|id| (id, row)).ok_or_else(|| format!("a row of [[{name}]] has no GUID"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_bought_is_named_and_tells_whether_it_brings_mailboxes() {
        let row = |sku: &str, part: &str, plan: &str, status: &str| {
            serde_json::json!({
                "skuId": sku, "skuPartNumber": part, "capabilityStatus": status, "appliesTo": "User",
                "prepaidUnits": {"enabled": 25}, "servicePlans": [{"servicePlanId": plan}],
            })
        };
        let plan = "9aaf7827-d63c-4b61-89c3-182f06f82e5c";
        let answer = serde_json::json!({"value": [
            row("f245ecc8-75af-4f8e-b61f-27d8114de5f3", "O365_BUSINESS_PREMIUM", plan, "Enabled"),
            row("00000000-0000-4000-8000-000000000001", "NEW_PART", "113feb6c-3fe4-4440-bddc-54d774bf0318", "Warning"),
            row("cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", "SPB", plan, "Suspended"),
            {"skuId": 7},
        ]});
        let bought = Licences::built_in().unwrap().with_subscribed(&answer).bought(&answer);
        let named: Vec<_> = bought.iter().map(|it| (it.name.as_str(), it.bought, it.has_mailbox)).collect();
        assert_eq!(named, [("Microsoft 365 Business Standard", 25, true), ("NEW_PART", 25, false)]);
    }

    #[test]
    fn the_table_tells_a_mailbox_from_a_foundation() {
        let licences = Licences::built_in().unwrap();
        let standard = Uuid::parse_str("9aaf7827-d63c-4b61-89c3-182f06f82e5c").unwrap();
        let foundation = Uuid::parse_str("113feb6c-3fe4-4440-bddc-54d774bf0318").unwrap();
        assert!(licences.has_mailbox(&[foundation, standard]));
        assert!(!licences.has_mailbox(&[foundation]));
        assert_eq!((licences.names.len(), licences.mailbox_plans.len()), (41, 10));
    }

    #[test]
    fn unknown_licences_show_their_part_number() {
        let known = Uuid::parse_str("05e9a617-0261-4cee-bb44-138d3ef5d965").unwrap();
        let new = Uuid::from_u128(7);
        let answer =
            serde_json::json!({"value": [{"skuId": new.to_string(), "skuPartNumber": "NEW_PLAN"}, 3, {}]});
        let licences = Licences::built_in().unwrap().with_subscribed(&answer);
        assert_eq!(
            licences.names(&[known, new, Uuid::from_u128(8)]).as_str(),
            "Microsoft 365 E3, NEW_PLAN, unknown licence"
        );
    }
}
