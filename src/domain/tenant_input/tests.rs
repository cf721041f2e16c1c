use proptest::prelude::*;

use super::*;

const GUID: &str = "7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77";

#[test]
fn every_usual_form_is_taken() {
    for text in [
        GUID,
        "{7C1E0F52-93AB-4D1C-8A40-5B2F6D9E1A77}",
        " \"7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\"\r\nsecond line",
        "7c1e0f52\u{200b}-93ab-4d1c-8a40-5b2f6d9e1a77\u{feff}",
        "7c1e0f5293ab4d1c8a405b2f6d9e1a77",
        "https://entra.microsoft.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/overview",
        "https://login.microsoftonline.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/v2.0?x=1",
        "login.microsoftonline.com/7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
        "https://portal.azure.com/#@7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77/resource",
        "Tenant ID\t7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77",
        "Tenant ID: 7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77.",
        "7c1e0f52–93ab–4d1c–8a40–5b2f6d9e1a77",
        "7c1e0f52 -93ab-4d1c-8a40- 5b2f6d9e1a77",
        "\u{200b}\n\u{FFFD}7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\rTenant",
        "«7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77\u{fe0f}\u{e0041}»\u{2028}x",
    ] {
        assert_eq!(TenantInput::parse(text), Ok(TenantInput::Guid(GUID.parse().unwrap())), "{text}");
    }
    for (text, domain) in [
        ("Bakery.example", "bakery.example"),
        ("bakery0042.onmicrosoft.com", "bakery0042.onmicrosoft.com"),
        (" mila@bakery.example ", "bakery.example"),
        ("https://bakery.example/contact", "bakery.example"),
        ("https://portal.azure.com/#@bakery.example/resource", "bakery.example"),
        ("bäckerei.example", "xn--bckerei-5wa.example"),
        ("Mila Novak <mila@bakery.example>;", "bakery.example"),
        ("Domain: bakery.example.", "bakery.example"),
        (
            "https://admin.microsoft.com/Partner/BeginClientSession.aspx?CTID=&delegatedOrg=bakery.onmicrosoft.com",
            "bakery.onmicrosoft.com",
        ),
        ("https://login.microsoftonline.com/bakery.example/oauth2/authorize?client_id=x", "bakery.example"),
        ("https://login.microsoftonline.com/common/oauth2?login_hint=mila@bakery.example", "bakery.example"),
    ] {
        assert_eq!(TenantInput::parse(text), Ok(TenantInput::Domain(domain.into())), "{text}");
    }
}

#[test]
fn ids_of_other_things_in_a_pasted_address_are_not_the_tenant() {
    const OTHER: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
    for text in [
        format!("https://localhost/consent?client_id={OTHER}&admin_consent=True&tenant={GUID}"),
        format!("https://localhost/consent?admin_consent=True&state={OTHER}&tenant={GUID}"),
        format!("https://login.microsoftonline.com/{GUID}/adminconsent?client_id={OTHER}"),
        format!("https://portal.azure.com/?appId={OTHER}&tid={GUID}#home"),
        format!("localhost/consent?client_id={OTHER}&tenant={GUID}"),
    ] {
        assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(GUID.parse().unwrap())), "{text}");
    }
    for (text, domain) in [
        (
            format!("https://login.microsoftonline.com/bakery.example/adminconsent?client_id={OTHER}"),
            "bakery.example",
        ),
        (
            format!("https://portal.azure.com/#@bakery.example/resource/subscriptions/{OTHER}/overview"),
            "bakery.example",
        ),
    ] {
        assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Domain(domain.into())), "{text}");
    }
    for (text, why) in [
        (
            format!("https://login.microsoftonline.com/common/adminconsent?client_id={OTHER}"),
            TenantInputError::PathWord,
        ),
        (
            format!("https://portal.azure.com/#view/Users/objectId/{OTHER}/appId/{OTHER}"),
            TenantInputError::Portal,
        ),
        (
            format!("https://localhost/consent?error_description=Trace+ID%3a+{OTHER}"),
            TenantInputError::Incomplete,
        ),
    ] {
        assert_eq!(TenantInput::parse(&text), Err(why), "{text}");
    }
    // Addresses that lost a slash or their scheme on the way.
    for text in [
        format!("https:/localhost/consent?client_id={OTHER}"),
        format!("localhost/consent?client_id={OTHER}"),
    ] {
        assert!(!matches!(TenantInput::parse(&text), Ok(TenantInput::Guid(_))), "{text}");
    }
}

/// The samples of `cases/tenant/pastes.tsv`, and others of their kinds.
#[test]
fn words_stay_separate_words_and_labels_say_whose_id_it_is() {
    const APP: &str = "b8a4c6d1-0e2f-4c53-9d7a-1f6e83b25c40";
    let guid = TenantInput::Guid(GUID.parse().unwrap());
    let domain = |name: &str| TenantInput::Domain(name.to_owned());
    let kauri = || domain("kauribuilding.example");
    for (text, named) in [
        ("hemi.tamihana@kauribuilding.example Hemi Tamihana".to_owned(), kauri()),
        ("Hemi Tamihana\themi.tamihana@kauribuilding.example\tPerth".to_owned(), kauri()),
        ("Kauri Building Supplies\tkauribuilding.example".to_owned(), kauri()),
        ("mailto:hemi.tamihana@kauribuilding.example".to_owned(), kauri()),
        ("mailto:hemi@kauribuilding.example?subject=Backup&body=Hi".to_owned(), kauri()),
        ("Hemi Tamihana (hemi@kauribuilding.example), Kauri Pty.Ltd".to_owned(), kauri()),
        ("hemi@kauribuilding.example; joan@kauribuilding.example".to_owned(), kauri()),
        ("SMTP:hemi@kauribuilding.example".to_owned(), kauri()),
        ("hemi_kauribuilding.example#EXT#@coastline.onmicrosoft.com".to_owned(), kauri()),
        ("https://www.kauribuilding.example/contact-us".to_owned(), kauri()),
        ("www.kauribuilding.example".to_owned(), kauri()),
        (format!("Application (client) ID : {APP}\nDirectory (tenant) ID : {GUID}"), guid.clone()),
        (format!("Application (client) ID : {APP} Directory (tenant) ID : {GUID}"), guid.clone()),
        (format!("Application (client) ID\n{APP}\nDirectory (tenant) ID\n{GUID}"), guid.clone()),
        (format!("Directory (tenant) ID : {GUID}\nApplication (client) ID : {APP}"), guid.clone()),
        (format!("ClientId : {APP}\nTenantId : {GUID}"), guid.clone()),
        (format!("{{\"clientId\":\"{APP}\",\"tenantId\":\"{GUID}\"}}"), guid.clone()),
        (format!("AZURE_CLIENT_ID={APP}\nAZURE_TENANT_ID={GUID}"), guid.clone()),
        (format!("Connect-AzAccount -ApplicationId {APP} -Tenant {GUID}"), guid.clone()),
        (format!("Object ID {APP} Directory ID {GUID}"), guid.clone()),
        (format!("spn:{APP}@{GUID}"), guid.clone()),
        (format!("00000003-0000-0ff1-ce00-000000000000/kauri.sharepoint.com@{GUID}"), guid.clone()),
        (format!("https%3A%2F%2Flogin.microsoftonline.com%2F{GUID}%2Fv2.0"), guid.clone()),
        (
            format!(
                "https://aus01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fsecurity.microsoft.com%2F%3Ftid%3D{GUID}&data=05%7C02%7Cmila%40partner.example%7Cx%7C{APP}%7C0"
            ),
            guid.clone(),
        ),
        (
            "https://nam02.safelinks.protection.outlook.com/?url=http%3A%2F%2Fwww.kauribuilding.example%2F&data=x%7Cmila%40partner.example".to_owned(),
            kauri(),
        ),
        ("hemi%40kauribuilding.example".to_owned(), kauri()),
        (format!("{GUID},Harbour Street Cafe,harbourstreetcafe.onmicrosoft.com"), guid.clone()),
        (format!("Microsoft ID: {GUID}"), guid.clone()),
        (format!("https://partner.microsoft.com/commerce/customers/{GUID}/accountdetails"), guid.clone()),
        (
            format!(
                "https://partner.microsoft.com/en-us/dashboard/v2/customers/{GUID}/subscriptions/{APP}"
            ),
            guid.clone(),
        ),
        (
            format!("https://lighthouse.microsoft.com/#view/Tenants.ReactView/tenantId/{GUID}"),
            guid.clone(),
        ),
        (format!("https://security.microsoft.com/homepage?tid={GUID}"), guid.clone()),
        (
            format!(
                "https://teams.microsoft.com/l/meetup-join/x?context=%7b%22Oid%22%3a%22{APP}%22%2c%22Tid%22%3a%22{GUID}%22%7d"
            ),
            guid.clone(),
        ),
        (format!("https://admin.cloud.microsoft/?tid={GUID}#/homepage"), guid.clone()),
        (format!("https://graph.microsoft.com/v1.0/organization/{GUID}"), guid.clone()),
        ("https://kauri-my.sharepoint.com/personal/hemi".to_owned(), domain("kauri.onmicrosoft.com")),
        ("kauri.sharepoint.com".to_owned(), domain("kauri.onmicrosoft.com")),
        (format!("https://kauri.ciamlogin.com/{GUID}/v2.0"), guid),
        ("https://cipp.partner.example/?tenantFilter=kauribuilding.example".to_owned(), kauri()),
        ("https://outlook.office365.com/owa/?realm=kauribuilding.example".to_owned(), kauri()),
    ] {
        assert_eq!(TenantInput::parse(&text), Ok(named), "{text}");
    }
}

#[test]
fn what_is_no_organisation_of_the_global_cloud_says_why() {
    const APP: &str = "1f0c9a55-7d3e-4b68-8a21-94e6b7d0c3f2";
    let government =
        TenantInputError::OtherCloud("Microsoft's cloud for the United States government", Cloud::Global);
    let china = TenantInputError::OtherCloud("Microsoft's cloud for China", Cloud::Global);
    for (text, why) in [
        (format!("https://login.microsoftonline.us/{GUID}/oauth2/v2.0/authorize"), government),
        ("portal.azure.us".to_owned(), government),
        (format!("https://login.partner.microsoftonline.cn/{GUID}/v2.0"), china),
        ("https://admin.cloud.microsoft/?#/homepage".to_owned(), TenantInputError::Portal),
        ("admin.cloud.microsoft".to_owned(), TenantInputError::Portal),
        ("https://m365.cloud.microsoft/chat".to_owned(), TenantInputError::Portal),
        ("https://partner.microsoft.com/dashboard/home".to_owned(), TenantInputError::Portal),
        ("hemi@outlook.com".to_owned(), TenantInputError::PrivateAccount),
        (format!("Application (client) ID : {APP}"), TenantInputError::OtherThing),
        (format!("{{\"objectId\": \"{APP}\"}}"), TenantInputError::OtherThing),
        (format!("{APP} {GUID}"), TenantInputError::Several),
        (
            format!(
                "Id Name Domains\n-- ---- -------\n{GUID} Kauri {{kauri.example}}\n{APP} Rimu {{rimu.example}}"
            ),
            TenantInputError::Several,
        ),
        ("https://make.powerapps.com/environments/x/home".to_owned(), TenantInputError::Portal),
        ("https://kauri.crm6.dynamics.com/main.aspx".to_owned(), TenantInputError::Portal),
        ("https://portal.office.com/Home.aspx#x".to_owned(), TenantInputError::Portal),
        ("https://kauri.sharepoint-mil.us/".to_owned(), government),
        ("https://aus01.safelinks.protection.outlook.com/?url=x".to_owned(), TenantInputError::Portal),
        (format!("Directory ID\tApplication ID\n{GUID}\t{APP}"), TenantInputError::Several),
        ("a@kauri.example b@rimu.example".to_owned(), TenantInputError::Several),
        ("Kauri Building Supplies".to_owned(), TenantInputError::Incomplete),
    ] {
        assert_eq!(TenantInput::parse_in(&text, Cloud::Global), Err(why), "{text}");
    }
}

#[test]
fn addresses_are_those_of_the_cloud_that_settings_name() {
    let guid = || Ok(TenantInput::Guid(GUID.parse().unwrap()));
    let named = |name: &str| Ok(TenantInput::Domain(name.to_owned()));
    let global = |ours| Err(TenantInputError::OtherCloud("Microsoft's global cloud", ours));
    let government = "Microsoft's cloud for the United States government";
    for (cloud, text, found) in [
        (Cloud::UsGovL4, format!("https://login.microsoftonline.us/{GUID}/v2.0"), guid()),
        (Cloud::UsGovL5, format!("https://portal.azure.us/#@{GUID}/resource"), guid()),
        (Cloud::China, format!("https://login.partner.microsoftonline.cn/{GUID}/v2.0"), guid()),
        (Cloud::China, format!("https://portal.azure.com/#@{GUID}/resource"), global(Cloud::China)),
        (Cloud::UsGovL4, format!("https://login.microsoftonline.com/{GUID}"), global(Cloud::UsGovL4)),
        (Cloud::UsGovL4, "https://kauri.sharepoint.com/".to_owned(), global(Cloud::UsGovL4)),
        (
            Cloud::China,
            format!("https://login.microsoftonline.us/{GUID}"),
            Err(TenantInputError::OtherCloud(government, Cloud::China)),
        ),
        (
            Cloud::UsGovL4,
            "https://kauri-my.sharepoint.us/personal/hemi".to_owned(),
            named("kauri.onmicrosoft.us"),
        ),
        (Cloud::China, "kauri.sharepoint.cn".to_owned(), named("kauri.partner.onmschina.cn")),
        (Cloud::China, "portal.azure.cn".to_owned(), Err(TenantInputError::Portal)),
        (Cloud::China, "hemi@outlook.com".to_owned(), Err(TenantInputError::PrivateAccount)),
        (Cloud::China, format!("https://admin.cloud.microsoft/?tid={GUID}"), guid()),
    ] {
        assert_eq!(TenantInput::parse_in(&text, cloud), found, "{cloud:?} {text}");
        if found.is_ok() {
            assert_eq!(TenantInput::parse(&text), found, "whatever the cloud: {text}");
        }
    }
}

#[test]
fn an_id_inside_a_longer_name_is_not_the_tenant() {
    let name = format!("{GUID}totent.example");
    for text in [name.clone(), format!("https://{name}/"), format!("{name}/x")] {
        assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Domain(name.clone())), "{text}");
    }
    let text = format!("Tenant ID: {GUID}.");
    assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(GUID.parse().unwrap())));
}

#[test]
fn a_whole_guid_that_is_none_says_what_is_wrong_with_it_at_once() {
    use TenantInputError::{Incomplete, WrongShape, WrongSign};
    let wrong = |typed: &str| TenantInput::parse(typed).unwrap_err();
    for (typed, why) in [
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a7Z", WrongSign('z')),
        ("{7c1e0f52-93ab-4dIc-8a40-5b2f6d9e1a77}", WrongSign('i')),
        ("tenant id: 7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1aO7", WrongSign('o')),
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a777", WrongShape),
        ("7c1e0f529-3ab-4d1c-8a40-5b2f6d9e1a77", WrongShape),
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a7z7", WrongShape),
        // Typing on may still make it whole.
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a7", Incomplete),
        ("7c1e0f52-93zb", Incomplete),
    ] {
        assert_eq!((wrong(typed), why.is_certain()), (why, why != Incomplete), "{typed}");
    }
    // A domain has a dot.
    assert!(TenantInput::parse("an-association-of-very-long-names-1.example").is_ok());
}

#[test]
fn what_names_no_organisation_is_refused_with_the_reason() {
    for (text, why) in [
        ("", TenantInputError::Empty),
        ("  \n", TenantInputError::Empty),
        ("bakery", TenantInputError::Incomplete),
        ("bakery.", TenantInputError::Incomplete),
        ("7c1e0f52-93ab", TenantInputError::Incomplete),
        ("1.2.3.4", TenantInputError::Incomplete),
        ("common", TenantInputError::PathWord),
        ("00000000-0000-0000-0000-000000000000", TenantInputError::Incomplete),
        (PRIVATE_ACCOUNTS, TenantInputError::PrivateAccount),
        ("https://portal.azure.com/", TenantInputError::Portal),
    ] {
        assert_eq!(TenantInput::parse(text), Err(why), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_typed_can_break_it(raw in ".*") {
        if let Ok(TenantInput::Domain(domain)) = TenantInput::parse(&raw) {
            prop_assert!(domain.is_ascii() && !domain.contains(['/', '?', '#', '@', ' ', '%']));
            prop_assert_eq!(TenantInput::parse(&domain), Ok(TenantInput::Domain(domain.clone())));
        }
    }

    #[test]
    fn a_guid_survives_what_people_paste_around_it(
        bytes in any::<[u8; 16]>(),
        before in "[ \"{\u{200b}]{0,4}",
        after in "[ \"}\u{feff}]{0,4}(\r\n.*)?",
    ) {
        let id = Uuid::from_bytes(bytes);
        prop_assume!(!id.is_nil() && id.to_string() != PRIVATE_ACCOUNTS);
        let text = format!("{before}{id}{after}");
        prop_assert_eq!(TenantInput::parse(&text), Ok(TenantInput::Guid(id.to_string().parse().unwrap())));
    }
}

#[test]
fn the_address_that_was_typed_names_the_administrator() {
    for (text, named) in [
        ("mila@bakery.example", Some("mila@bakery.example")),
        ("Mila Novak <Mila@Bakery.example>", Some("Mila@Bakery.example")),
        ("bakery.example", None),
        ("7c1e0f52-93ab-4d1c-8a40-5b2f6d9e1a77", None),
        ("https://login.microsoftonline.com/bakery.example", None),
    ] {
        let found = administrator_in(text);
        assert_eq!(found.as_ref().map(Address::as_str), named, "{text}");
    }
}
