//! The checks of a call in their order, and `GetFolder`.

use super::*;

#[tokio::test]
async fn an_inbox_opens_in_somebodys_name() {
    let rig = rig("", "");
    let reply = rig.inbox("ANA@anderson.example").await;
    assert_eq!(codes(&reply), "200 NoError");
    let document = Document::parse(body(&reply)).unwrap();
    let info =
        document.descendants().find(|node| node.has_tag_name((TYPES.uri, "ServerVersionInfo"))).unwrap();
    assert_eq!(info.attribute("MinorVersion"), Some("2"));
    let id = document.descendants().find(|node| node.has_tag_name((TYPES.uri, "FolderId"))).unwrap();
    let again = format!(
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:FolderId \
         Id=\"{}\"/></m:FolderIds></m:GetFolder>",
        id.attribute("Id").unwrap()
    );
    let own = rig.call(&impersonating("ana@anderson.example"), &again).await;
    assert_eq!(texts(&own, "DisplayName"), ["inbox"]);
    let two = "<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI=\"folder:UnreadCount\"/>\
               <t:FieldURI FieldURI=\"folder:DisplayName\"/></t:AdditionalProperties>";
    let fewer = again.replace("<t:BaseShape>Default</t:BaseShape>", two);
    let own = rig.call(&impersonating("ana@anderson.example"), &fewer).await;
    assert_eq!(
        (texts(&own, "DisplayName"), texts(&own, "UnreadCount")),
        (vec!["inbox".into()], vec!["0".into()])
    );
    assert!(texts(&own, "TotalCount").is_empty() && texts(&own, "FolderClass").is_empty());
    let other = rig.call(&impersonating("ben@anderson.example"), &again).await;
    assert_eq!(codes(&other), "200 ErrorAccessDenied");
}

#[tokio::test]
async fn who_can_be_impersonated() {
    for (by, name, want) in [
        ("PrimarySmtpAddress", "ana@anderson.example", "200 NoError"),
        ("PrimarySmtpAddress", "room1@anderson.example", "200 NoError"),
        ("PrimarySmtpAddress", "hidden@anderson.example", "200 NoError"),
        ("PrimarySmtpAddress", "a.b@anderson.example", "500 ErrorNonExistentMailbox"),
        ("PrimarySmtpAddress", "nobody@anderson.example", "500 ErrorNonExistentMailbox"),
        ("PrimarySmtpAddress", "bela@elsewhere.example", "500 ErrorNonExistentMailbox"),
        ("PrimarySmtpAddress", "benefits@anderson.example", "500 ErrorNonExistentMailbox"),
        ("PrimarySmtpAddress", "bea@baker.example", "500 ErrorImpersonateUserDenied"),
        ("PrimarySmtpAddress", "nomark@anderson.example", "500 ErrorImpersonateUserDenied"),
        ("PrimarySmtpAddress", " ", "500 ErrorInvalidExchangeImpersonationHeaderData"),
        ("Nonsense", "ana@anderson.example", "500 ErrorInvalidExchangeImpersonationHeaderData"),
        ("SmtpAddress", "a.b@anderson.example", "200 NoError"),
    ] {
        assert_eq!(codes(&rig("", "").call(&connecting(by, name), INBOX).await), want, "{by} {name}");
    }
    let rig = rig("", "");
    let lost = rig.inbox("nobody@anderson.example").await;
    assert_eq!(value(&lost, "SmtpAddress").as_deref(), Some("nobody@anderson.example"));
}

#[tokio::test]
async fn a_role_that_is_too_wide_opens_everything() {
    let table = "[[accounts]]\nname = \"x\"\npassword = \"y\"\nimpersonates = [\"*\"]";
    let rig = Rig { login: "x:y", ..rig("", table) };
    assert_eq!(codes(&rig.inbox("bea@baker.example").await), "200 NoError");
    assert_eq!(codes(&rig.inbox("nomark@anderson.example").await), "200 NoError");
}

#[tokio::test]
async fn a_missing_role_and_its_place_in_the_order() {
    let table = "[[accounts]]\nname = \"x\"\npassword = \"y\"";
    for (order, want) in
        [("target_first", "500 ErrorNonExistentMailbox"), ("role_first", "500 ErrorImpersonationDenied")]
    {
        let tables = format!("{table}\n[habits]\nimpersonation_order = \"{order}\"");
        let rig = Rig { login: "x:y", ..rig("", &tables) };
        assert_eq!(codes(&rig.inbox("ana@anderson.example").await), "500 ErrorImpersonationDenied");
        assert_eq!(codes(&rig.inbox("nobody@anderson.example").await), want);
    }
}

#[tokio::test]
async fn a_role_spreads_and_troubles_pass_with_the_clock() {
    let table = "[[accounts]]\nname = \"x\"\npassword = \"y\"\nimpersonates = [\"CUST0042\"]\nrole_from = 30";
    let rig = Rig { login: "x:y", ..rig("", table) };
    assert_eq!(codes(&rig.inbox("mary@anderson.example").await), "500 ErrorImpersonationDenied");
    rig.pass(30);
    assert_eq!(codes(&rig.inbox("mary@anderson.example").await), "200 ErrorMailboxMoveInProgress");
    rig.pass(30);
    assert_eq!(codes(&rig.inbox("mary@anderson.example").await), "200 NoError");
}

#[tokio::test]
async fn mailboxes_come_and_go_with_the_clock() {
    let rig = rig("", "");
    assert_eq!(codes(&rig.inbox("nora@anderson.example").await), "500 ErrorNonExistentMailbox");
    rig.pass(100);
    assert_eq!(codes(&rig.inbox("nora@anderson.example").await), "200 NoError");
    rig.pass(100);
    assert_eq!(codes(&rig.inbox("nora@anderson.example").await), "500 ErrorNonExistentMailbox");
}

#[tokio::test]
async fn customers_can_be_switched_off() {
    for (key, want) in [("ews = false", "403"), ("blocked = true", "500 ErrorOrganizationAccessBlocked")] {
        let tables = format!(
            "[[customers]]\nmark = \"C\"\nname = \"C\"\ndomains = [\"c.example\"]\n{key}\n\
             mailboxes = [{{ name = \"C\", address = \"c@c.example\" }}]\n\
             [[accounts]]\nname = \"x\"\npassword = \"y\"\nimpersonates = [\"C\"]"
        );
        let rig = Rig { login: "x:y", ..rig("", &tables) };
        assert_eq!(codes(&rig.inbox("c@c.example").await), want);
    }
}

#[tokio::test]
async fn without_impersonation_the_account_needs_a_mailbox() {
    let version = "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>";
    assert_eq!(codes(&rig("", "").call(version, INBOX).await), "200 ErrorMissingEmailAddress");
    let table = "[[accounts]]\nname = \"x\"\npassword = \"y\"\nmailbox = \"ben@anderson.example\"";
    let rig = Rig { login: "x:y", ..rig("", table) };
    assert_eq!(codes(&rig.call(version, INBOX).await), "200 NoError");
}

#[tokio::test]
async fn two_ways_of_access_are_one_too_many() {
    let rig = rig("", "");
    let header = format!(
        "{}<t:ManagementRole><t:UserRoles><t:Role>x</t:Role></t:UserRoles></t:ManagementRole>",
        impersonating("ana@anderson.example")
    );
    assert_eq!(codes(&rig.call(&header, INBOX).await), "500 ErrorMoreThanOneAccessModeSpecified");
}

#[tokio::test]
async fn versions_are_checked_before_impersonation() {
    let header = impersonating("nobody@anderson.example").replace("Exchange2013_SP1", "Exchange2031");
    assert_eq!(codes(&rig("", "").call(&header, INBOX).await), "500 ErrorInvalidServerVersion");
    let old = rig("known_versions = [\"Exchange2007_SP1\", \"Exchange2010_SP2\"]", "");
    assert_eq!(codes(&old.inbox("ana@anderson.example").await), "500 ErrorInvalidServerVersion");
    let header = impersonating("ana@anderson.example").replace("Exchange2013_SP1", "Exchange2010_SP2");
    assert_eq!(codes(&old.call(&header, INBOX).await), "200 NoError");
}

#[tokio::test]
async fn what_breaks_the_schema_is_told_with_its_place() {
    let rig = rig("", "");
    for (body, has) in [
        (
            "<m:GetFolder><m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>",
            "FolderShape",
        ),
        (&*INBOX.replace("inbox", "inbocks"), "inbocks"),
        (&*INBOX.replace("IdOnly", "Idonly"), "Idonly"),
        (&*INBOX.replace("t:DistinguishedFolderId", "m:DistinguishedFolderId"), "invalid child"),
        ("<m:FindPeople><m:QueryString>a</m:QueryString></m:FindPeople>", "IndexedPageItemView"),
        (
            "<m:ResolveNames><m:UnresolvedEntry>a</m:UnresolvedEntry></m:ResolveNames>",
            "ReturnFullContactData",
        ),
    ] {
        let reply = rig.call(&impersonating("ana@anderson.example"), body).await;
        assert_eq!(codes(&reply), "500 ErrorSchemaValidation", "{body}");
        let told = texts(&reply, "Violation").join(" ");
        assert!(told.contains(has), "{told}");
        assert!(texts(&reply, "LineNumber")[0].parse::<u32>().unwrap() >= 3, "{body}");
    }
    let broken = rig.call("", "<m:GetFolder>").await;
    assert_eq!(codes(&broken), "500 ErrorSchemaValidation");
    let entity =
        envelope("", INBOX).replace("<soap:Envelope", "<!DOCTYPE x [<!ENTITY a \"b\">]><soap:Envelope");
    let headers = rig.headers();
    let reply = rig
        .exchange
        .answer("mail.hoster.example", "POST", "/EWS/Exchange.asmx", &headers, entity.as_bytes())
        .await;
    assert_eq!(codes(&reply), "500 ErrorSchemaValidation");
}

#[tokio::test]
async fn unknown_operations_are_invalid_requests() {
    for body in ["", "<m:DeleteEverything/>", "<t:GetFolder/>"] {
        let reply = rig("", "").call(&impersonating("ana@anderson.example"), body).await;
        assert_eq!(codes(&reply), "500 ErrorInvalidRequest", "{body}");
    }
}

/// A body that asks for two folders.
fn two_folders() -> String {
    INBOX.replace("<m:FolderIds>", "<m:FolderIds><t:DistinguishedFolderId Id=\"calendar\"/>")
}

#[tokio::test]
async fn busy_comes_in_three_forms() {
    for (kind, want) in [
        ("busy_fault", "500 ErrorServerBusy"),
        ("busy_message", "200 ErrorServerBusy ErrorServerBusy"),
        ("busy_item", "200 NoError ErrorServerBusy"),
    ] {
        let rig = rig("", &format!("[[faults]]\nkind = \"{kind}\"\ncalls = 1\nback_off_ms = 250"));
        let reply = rig.call(&impersonating("ana@anderson.example"), &two_folders()).await;
        assert_eq!(codes(&reply), want);
        assert_eq!(value(&reply, "BackOffMilliseconds").as_deref(), Some("250"));
        let later = rig.call(&impersonating("ana@anderson.example"), &two_folders()).await;
        assert_eq!(codes(&later), "200 NoError NoError");
    }
    let rig = rig("", "[[faults]]\nkind = \"busy_fault\"");
    assert_eq!(value(&rig.inbox("ana@anderson.example").await, "BackOffMilliseconds"), None);
    assert_eq!(codes(&rig.inbox("nobody@anderson.example").await), "500 ErrorNonExistentMailbox");
}

#[tokio::test]
async fn too_many_at_one_time() {
    let preset = rig("", "[[faults]]\nkind = \"connections\"\ncalls = 1");
    let reply = preset.inbox("ana@anderson.example").await;
    assert_eq!(codes(&reply), "500 ErrorExceededConnectionCount");
    assert_eq!(value(&reply, "MaxConcurrencyLimit").as_deref(), Some("27"));

    let limited = rig("most_at_once = 1", "[[faults]]\nkind = \"slow\"\ndelay_ms = 1");
    let (one, two) =
        tokio::join!(limited.inbox("ana@anderson.example"), limited.inbox("ana@anderson.example"));
    let mut seen = [codes(&one), codes(&two)];
    seen.sort();
    assert_eq!(seen, ["200 NoError", "500 ErrorExceededConnectionCount"]);
    assert_eq!(
        codes(&limited.inbox("ana@anderson.example").await),
        "200 NoError",
        "the count goes down again"
    );
}

#[tokio::test]
async fn ews_can_be_off_for_one_mailbox() {
    let tables = "[[customers]]\nmark = \"C\"\nname = \"C\"\ndomains = [\"c.example\"]\n\
         mailboxes = [{ name = \"A\", address = \"a@c.example\", trouble = \"403\" }, { name = \"B\", address = \"b@c.example\" }]\n\
         [[accounts]]\nname = \"x\"\npassword = \"y\"\nimpersonates = [\"C\"]";
    let rig = Rig { login: "x:y", ..rig("", tables) };
    assert_eq!(codes(&rig.inbox("a@c.example").await), "403");
    assert_eq!(codes(&rig.inbox("b@c.example").await), "200 NoError");
}
