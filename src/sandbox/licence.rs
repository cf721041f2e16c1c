//! Microsoft's licences as the sandbox hands them out.
//!
//! SKU and service plan ids are those of the public licensing list. `EXCHANGE_S_FOUNDATION` rides along in several of them:
//! its service is called "exchange" like that of a mailbox plan, and it is none.

/// One service inside a licence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// `servicePlanName`.
    pub(super) name: &'static str,
    /// `servicePlanId`.
    pub(super) id: &'static str,
    /// `assignedPlans[].service`.
    pub(super) service: &'static str,
}

/// One licence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sku {
    /// `skuPartNumber`.
    pub(super) part: &'static str,
    /// `skuId`.
    pub(super) id: &'static str,
    /// Service plans inside.
    pub(super) plans: &'static [Plan],
}

/// Service plan `EXCHANGE_S_STANDARD`.
const EXCHANGE_S_STANDARD: Plan =
    Plan { name: "EXCHANGE_S_STANDARD", id: "9aaf7827-d63c-4b61-89c3-182f06f82e5c", service: "exchange" };
/// Service plan `EXCHANGE_S_FOUNDATION`.
const EXCHANGE_S_FOUNDATION: Plan =
    Plan { name: "EXCHANGE_S_FOUNDATION", id: "113feb6c-3fe4-4440-bddc-54d774bf0318", service: "exchange" };
/// Service plan `SHAREPOINTSTANDARD`.
const SHAREPOINTSTANDARD: Plan =
    Plan { name: "SHAREPOINTSTANDARD", id: "c7699d2e-19aa-44de-8edf-1736da088ca1", service: "SharePoint" };
/// Service plan `TEAMS1`.
const TEAMS1: Plan =
    Plan { name: "TEAMS1", id: "57ff2da0-773e-42df-b2af-ffb7a2317929", service: "TeamspaceAPI" };
/// Service plan `ONEDRIVESTANDARD`.
const ONEDRIVESTANDARD: Plan =
    Plan { name: "ONEDRIVESTANDARD", id: "13696edf-5a08-49f6-8134-03083ed8ba30", service: "SharePoint" };
/// Service plan `EXCHANGE_S_ENTERPRISE`.
const EXCHANGE_S_ENTERPRISE: Plan =
    Plan { name: "EXCHANGE_S_ENTERPRISE", id: "efb87545-963c-4e0d-99df-69c6916d9eb0", service: "exchange" };
/// Service plan `SHAREPOINTENTERPRISE`.
const SHAREPOINTENTERPRISE: Plan =
    Plan { name: "SHAREPOINTENTERPRISE", id: "5dbe027f-2339-4123-9542-606e4d348a72", service: "SharePoint" };
/// Service plan `EXCHANGE_S_DESKLESS`.
const EXCHANGE_S_DESKLESS: Plan =
    Plan { name: "EXCHANGE_S_DESKLESS", id: "4a82b400-a79f-41a4-b4e2-e94f5787b113", service: "exchange" };
/// Service plan `SHAREPOINTDESKLESS`.
const SHAREPOINTDESKLESS: Plan =
    Plan { name: "SHAREPOINTDESKLESS", id: "902b47e5-dcb2-4fdc-858b-c63a90a2bdb9", service: "SharePoint" };
/// Service plan `ONEDRIVE_BASIC`.
const ONEDRIVE_BASIC: Plan =
    Plan { name: "ONEDRIVE_BASIC", id: "da792a53-cbc0-4184-a10d-e544dd34b3c1", service: "SharePoint" };

/// Licences that a world may name.
pub(super) const SKUS: &[Sku] = &[
    // Microsoft 365 Business Premium
    Sku {
        part: "SPB",
        id: "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
        plans: &[EXCHANGE_S_STANDARD, EXCHANGE_S_FOUNDATION, SHAREPOINTSTANDARD, TEAMS1],
    },
    // Microsoft 365 Business Standard
    Sku {
        part: "O365_BUSINESS_PREMIUM",
        id: "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
        plans: &[EXCHANGE_S_STANDARD, SHAREPOINTSTANDARD, TEAMS1],
    },
    // Microsoft 365 Business Basic
    Sku {
        part: "O365_BUSINESS_ESSENTIALS",
        id: "3b555118-da6a-4418-894f-7df1e2096870",
        plans: &[EXCHANGE_S_STANDARD, SHAREPOINTSTANDARD, TEAMS1],
    },
    // Microsoft 365 Apps for Business
    Sku {
        part: "O365_BUSINESS",
        id: "cdd28e44-67e3-425e-be4c-737fab2899d3",
        plans: &[EXCHANGE_S_FOUNDATION, ONEDRIVESTANDARD],
    },
    // Microsoft 365 E3
    Sku {
        part: "SPE_E3",
        id: "05e9a617-0261-4cee-bb44-138d3ef5d965",
        plans: &[EXCHANGE_S_ENTERPRISE, EXCHANGE_S_FOUNDATION, SHAREPOINTENTERPRISE, TEAMS1],
    },
    // Microsoft 365 E5
    Sku {
        part: "SPE_E5",
        id: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
        plans: &[EXCHANGE_S_ENTERPRISE, EXCHANGE_S_FOUNDATION, SHAREPOINTENTERPRISE, TEAMS1],
    },
    // Microsoft 365 F3
    Sku {
        part: "SPE_F1",
        id: "66b55226-6b4f-492c-910c-a3b7a3c9d993",
        plans: &[EXCHANGE_S_DESKLESS, SHAREPOINTDESKLESS, TEAMS1],
    },
    // Microsoft 365 F1
    Sku {
        part: "M365_F1",
        id: "44575883-256e-4a79-9da4-ebe9acabe2b2",
        plans: &[EXCHANGE_S_FOUNDATION, SHAREPOINTDESKLESS, TEAMS1],
    },
    // Office 365 E1
    Sku {
        part: "STANDARDPACK",
        id: "18181a46-0d4e-45cd-891e-60aabd171b4e",
        plans: &[EXCHANGE_S_STANDARD, SHAREPOINTSTANDARD, TEAMS1],
    },
    // Office 365 E3
    Sku {
        part: "ENTERPRISEPACK",
        id: "6fd2c87f-b296-42f0-b197-1e91e994b900",
        plans: &[EXCHANGE_S_ENTERPRISE, SHAREPOINTENTERPRISE, TEAMS1],
    },
    // Office 365 F3
    Sku {
        part: "DESKLESSPACK",
        id: "4b585984-651b-448a-9e53-3b10f069cf7f",
        plans: &[EXCHANGE_S_DESKLESS, SHAREPOINTDESKLESS, TEAMS1],
    },
    // Exchange Online (Plan 1)
    Sku {
        part: "EXCHANGESTANDARD",
        id: "4b9405b0-7788-4568-add1-99614e613b69",
        plans: &[EXCHANGE_S_STANDARD],
    },
    // Exchange Online Kiosk
    Sku {
        part: "EXCHANGEDESKLESS",
        id: "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82",
        plans: &[EXCHANGE_S_DESKLESS],
    },
    // Microsoft Entra ID P1
    Sku { part: "AAD_PREMIUM", id: "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", plans: &[EXCHANGE_S_FOUNDATION] },
    // Enterprise Mobility + Security E3
    Sku { part: "EMS", id: "efccb6f7-5641-4e0e-bd10-b4976e1bf68e", plans: &[EXCHANGE_S_FOUNDATION] },
    // Microsoft Power Automate Free
    Sku { part: "FLOW_FREE", id: "f30db892-07e9-47e9-837c-80727f46fd3d", plans: &[EXCHANGE_S_FOUNDATION] },
    // Microsoft Fabric (Free)
    Sku {
        part: "POWER_BI_STANDARD",
        id: "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235",
        plans: &[EXCHANGE_S_FOUNDATION],
    },
    // Power BI Pro
    Sku { part: "POWER_BI_PRO", id: "f8a1db68-be16-40ed-86d5-cb42ce701560", plans: &[EXCHANGE_S_FOUNDATION] },
    // Visio Plan 2
    Sku {
        part: "VISIOCLIENT",
        id: "c5928f49-12ba-48f7-ada3-0d743a3601d5",
        plans: &[EXCHANGE_S_FOUNDATION, ONEDRIVE_BASIC],
    },
];

/// The licence of a user who has no mailbox: Exchange Foundation and nothing else of Exchange.
pub(super) const WITHOUT_MAILBOX: &str = "POWER_BI_STANDARD";

/// A licence by its part number.
pub(super) fn sku(part: &str) -> Option<&'static Sku> {
    SKUS.iter().find(|sku| sku.part.eq_ignore_ascii_case(part))
}
