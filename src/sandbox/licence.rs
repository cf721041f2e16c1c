//! Microsoft's licences as the sandbox hands them out.
//!
//! SKU and service plan ids are those of the public licensing list. `EXCHANGE_S_FOUNDATION` rides along in several of them:
//! its service is called "exchange" like that of a mailbox plan, and it is none.

use std::sync::LazyLock;

use serde::Deserialize;

/// One service inside a licence.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Plan {
    /// `servicePlanName`.
    pub(super) name: &'static str,
    /// `servicePlanId`.
    pub(super) id: &'static str,
    /// `assignedPlans[].service`.
    pub(super) service: &'static str,
}

/// One licence.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Sku<P = Plan> {
    /// `skuPartNumber`.
    pub(super) part: &'static str,
    /// `skuId`.
    pub(super) id: &'static str,
    /// Service plans inside.
    pub(super) plans: Vec<P>,
}

/// What `assets/sandbox/licences.toml` lists: a licence names its plans.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Table {
    plans: Vec<Plan>,
    skus: Vec<Sku<&'static str>>,
}

/// The table as it is written.
const TABLE: &str = include_str!("../../assets/sandbox/licences.toml");

/// The table with the plans in place of their names, read once; a test reads it too, so that it is never found broken here.
static SKUS: LazyLock<Vec<Sku>> = LazyLock::new(|| {
    let Ok(Table { plans, skus }) = toml::from_str(TABLE) else {
        return Vec::new();
    };
    let plan = |name: &str| plans.iter().find(|plan| plan.name == name).copied();
    let of = |sku: Sku<&'static str>| Sku {
        part: sku.part,
        id: sku.id,
        plans: sku.plans.into_iter().filter_map(plan).collect(),
    };
    skus.into_iter().map(of).collect()
});

/// Licences that a world may name.
pub(super) fn skus() -> impl Iterator<Item = &'static Sku> {
    SKUS.iter()
}

/// The licence of a user who has no mailbox: Exchange Foundation and nothing else of Exchange.
pub(super) const WITHOUT_MAILBOX: &str = "POWER_BI_STANDARD";

/// A licence by its part number.
pub(super) fn sku(part: &str) -> Option<&'static Sku> {
    skus().find(|sku| sku.part.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_of_a_licence_is_there() {
        let table: Table = toml::from_str(TABLE).unwrap();
        for (named, found) in table.skus.iter().zip(skus()) {
            assert_eq!(
                named.plans,
                found.plans.iter().map(|plan| plan.name).collect::<Vec<_>>(),
                "{}",
                named.part
            );
        }
        assert!(sku(WITHOUT_MAILBOX).is_some());
    }
}
