//! `FindPeople`, `ResolveNames`: who finds whom, page by page.

use super::*;

/// A query of the directory.
fn query(text: &str, view: &str) -> String {
    format!(
        "<m:FindPeople><m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI \
         FieldURI=\"persona:EmailAddress\"/></t:AdditionalProperties></m:PersonaShape><m:IndexedPageItemView {view}/>\
         <m:ParentFolderId><t:DistinguishedFolderId Id=\"directory\"/></m:ParentFolderId><m:QueryString>{text}\
         </m:QueryString></m:FindPeople>"
    )
}

/// The usual first page.
const FIRST: &str = "MaxEntriesReturned=\"100\" Offset=\"0\" BasePoint=\"Beginning\"";

impl Rig {
    /// Searches as Ana; returns names in order.
    async fn people(&self, text: &str) -> Vec<String> {
        let reply = self.call(&impersonating("ana@anderson.example"), &query(text, FIRST)).await;
        assert_eq!(codes(&reply), "200 NoError", "{text}");
        texts(&reply, "Name")
    }

    /// Resolves as Ana.
    async fn resolve(&self, text: &str) -> Reply {
        self.call(&impersonating("ana@anderson.example"), &resolving(text)).await
    }
}

/// A request to resolve a name.
fn resolving(text: &str) -> String {
    format!(
        "<m:ResolveNames ReturnFullContactData=\"false\" SearchScope=\"ActiveDirectory\"><m:UnresolvedEntry>{text}\
         </m:UnresolvedEntry></m:ResolveNames>"
    )
}

/// A world with many computed mailboxes.
fn many(count: u32, keys: &str, habits: &str) -> Rig {
    rig_of(&format!(
        "host = \"mail.hoster.example\"\n[habits]\n{habits}\n[[accounts]]\nname = \"svc@hoster.example\"\n\
         password = \"right:one\"\nimpersonates = [\"C\"]\n[[customers]]\nmark = \"C\"\nname = \"C\"\n\
         domains = [\"c.example\"]\nmailboxes = [{{ name = \"Ana\", address = \"ana@anderson.example\" }}]\n\
         [customers.computed]\ncount = {count}\nseed = 3\n{keys}"
    ))
}

#[tokio::test]
async fn a_query_finds_beginnings_of_words_in_the_own_address_book() {
    let rig = rig("", "");
    assert_eq!(rig.people("be").await, ["Ben Okoro", "Benefits & <lists>", "Bench room", "Bela Contact"]);
    assert_eq!(rig.people("oko").await, ["Ben Okoro"]);
    assert_eq!(rig.people("elod").await, ["Élodie Zoë"]);
    assert_eq!(rig.people("ZOE").await, ["Élodie Zoë"]);
    assert_eq!(rig.people("kor").await, Vec::<String>::new());
    assert_eq!(rig.people("a.b").await, ["Ana Brennan"]);
}

#[tokio::test]
async fn matching_can_be_chosen() {
    let names = rig("", "[habits]\nmatching = \"names\"");
    assert_eq!(names.people("elod").await, Vec::<String>::new());
    assert_eq!(names.people("él").await, ["Élodie Zoë"]);
    assert_eq!(names.people("room1").await, Vec::<String>::new());
    let anywhere = rig("", "[habits]\nmatching = \"substring\"");
    assert_eq!(anywhere.people("koro").await, ["Ben Okoro"]);
}

#[tokio::test]
async fn the_address_book_depends_on_the_policy() {
    let wide = "[[accounts]]\nname = \"x\"\npassword = \"y\"\nimpersonates = [\"*\"]";
    let as_account = format!("{wide}\n[habits]\npolicy_follows = \"account\"");
    let sees = async |tables: &str, who: &str| {
        let rig = Rig { login: "x:y", ..rig("", tables) };
        let reply = rig.call(&impersonating(who), &query("bea", FIRST)).await;
        texts(&reply, "Name").len()
    };
    assert_eq!(sees(wide, "ana@anderson.example").await, 0, "the impersonated user's policy");
    assert_eq!(sees(wide, "bea@baker.example").await, 1);
    assert_eq!(sees(&as_account, "ana@anderson.example").await, 1, "the account has none");
    let bound = as_account.replace("password", "address_book = \"CUST0042\"\npassword");
    assert_eq!(sees(&bound, "ana@anderson.example").await, 0, "the account's own");
    let open = "[[customers]]\nmark = \"O\"\nname = \"O\"\ndomains = [\"o.example\"]\naddress_book_policy = false\n\
                mailboxes = [{ name = \"O\", address = \"o@o.example\" }]";
    assert_eq!(sees(&format!("{wide}\n{open}"), "o@o.example").await, 1, "a customer without policy");
}

#[tokio::test]
async fn the_bare_account_sees_the_whole_organisation() {
    let table = "[[accounts]]\nname = \"x\"\npassword = \"y\"\nmailbox = \"ana@anderson.example\"";
    let rig = Rig { login: "x:y", ..rig("", table) };
    let version = "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>";
    assert_eq!(texts(&rig.call(version, &query("bea", FIRST)).await, "Name"), ["Beatrice Baker"]);
}

#[tokio::test]
async fn an_answer_of_find_people_has_no_wrapper() {
    let rig = rig("", "");
    let reply = rig.call(&impersonating("ana@anderson.example"), &query("ben o", FIRST)).await;
    let text = body(&reply);
    assert!(text.contains("<FindPeopleResponse xmlns=") && text.contains("<Persona xmlns="), "{text}");
    assert!(!text.contains("ResponseMessages"));
    assert_eq!(texts(&reply, "TotalNumberOfPeopleInView"), ["1"]);
    assert!(texts(&reply, "DisplayName").is_empty(), "only what was asked for");
    let whole = query("ben o", FIRST).replace("IdOnly", "Default");
    let reply = rig.call(&impersonating("ana@anderson.example"), &whole).await;
    assert_eq!(texts(&reply, "Title"), ["Hygienist"]);
    assert_eq!(texts(&reply, "Address").len(), 1);
}

#[tokio::test]
async fn the_style_of_the_answer_can_be_chosen() {
    let rig = rig("", "[habits]\npeople_style = \"prefixed\"\naddress_element = \"EmailAddress\"");
    let whole = query("ben o", FIRST).replace("IdOnly", "Default");
    let reply = rig.call(&impersonating("ana@anderson.example"), &whole).await;
    let text = body(&reply);
    assert!(
        text.contains("<m:FindPeopleResponse") && text.contains("<t:EmailAddresses><t:EmailAddress>"),
        "{text}"
    );
    assert!(texts(&reply, "Address").is_empty());
}

#[tokio::test]
async fn an_empty_query_is_refused_or_finds_everybody() {
    let strict = rig("", "");
    for text in ["", "  "] {
        let reply = strict.call(&impersonating("ana@anderson.example"), &query(text, FIRST)).await;
        assert_eq!(codes(&reply), "200 ErrorInvalidArgument");
        assert!(texts(&reply, "People").is_empty());
    }
    let open = rig("", "[habits]\nempty_query = \"everything\"");
    assert_eq!(open.people("").await.len(), 8);
}

#[tokio::test]
async fn strict_order_can_be_switched_off() {
    let swapped = "<m:FindPeople><m:QueryString>ben o</m:QueryString><m:IndexedPageItemView Offset=\"0\" \
                   BasePoint=\"Beginning\"/><m:ParentFolderId><t:DistinguishedFolderId Id=\"directory\"/>\
                   </m:ParentFolderId></m:FindPeople>";
    let header = impersonating("ana@anderson.example");
    assert_eq!(codes(&rig("", "").call(&header, swapped).await), "500 ErrorSchemaValidation");
    let lax = rig("", "[habits]\nstrict_order = false");
    assert_eq!(codes(&lax.call(&header, swapped).await), "200 NoError");
    let viewless = "<m:FindPeople><m:QueryString>ben o</m:QueryString></m:FindPeople>";
    assert_eq!(codes(&lax.call(&header, viewless).await), "500 ErrorSchemaValidation");
}

#[tokio::test]
async fn find_people_came_with_2013() {
    let rig = rig("", "");
    let header = impersonating("ana@anderson.example");
    let old = header.replace("Exchange2013_SP1", "Exchange2010_SP2");
    assert_eq!(codes(&rig.call(&old, &query("be", FIRST)).await), "500 ErrorInvalidServerVersion");
    let none = header.replace("<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>", "");
    assert_eq!(codes(&rig.call(&none, &query("be", FIRST)).await), "500 ErrorInvalidServerVersion");
}

#[tokio::test]
async fn pages_are_capped_and_together_complete() {
    let rig = many(250, "", "people_total = \"page\"\nempty_query = \"everything\"");
    let header = impersonating("ana@anderson.example");
    let mut seen = std::collections::BTreeSet::new();
    let mut sizes = Vec::new();
    loop {
        let view = format!("MaxEntriesReturned=\"1000\" Offset=\"{}\" BasePoint=\"Beginning\"", seen.len());
        let reply = rig.call(&header, &query("", &view)).await;
        let page: Vec<String> =
            texts(&reply, "EmailAddress").into_iter().filter(|text| text.contains('@')).collect();
        assert_eq!(texts(&reply, "TotalNumberOfPeopleInView"), [page.len().to_string()]);
        sizes.push(page.len());
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!((seen.len(), sizes), (251, vec![100, 100, 51, 0]));
    let end = rig.call(&header, &query("", "MaxEntriesReturned=\"10\" Offset=\"5\" BasePoint=\"End\"")).await;
    assert_eq!((texts(&end, "Name").len(), texts(&end, "FirstLoadedRowIndex")), (10, vec!["236".to_owned()]));
    for view in ["MaxEntriesReturned=\"0\" Offset=\"0\" BasePoint=\"End\"", "Offset=\"-1\" BasePoint=\"End\""]
    {
        assert_eq!(
            codes(&rig.call(&header, &query("", view)).await),
            "200 ErrorInvalidIndexedPagingParameters"
        );
    }
}

#[tokio::test]
async fn computed_mailboxes_can_be_opened_found_and_grow() {
    let rig = many(3, "growth = { from = 60, every = 60, most = 2 }", "empty_query = \"everything\"");
    let mut counts = Vec::new();
    for _ in 0..5 {
        counts.push(rig.people("").await.len());
        rig.pass(60);
    }
    assert_eq!(counts, [4, 5, 6, 6, 6], "one more at each step, up to the limit");
    let reply = rig.call(&impersonating("ana@anderson.example"), &query("", FIRST)).await;
    for address in texts(&reply, "EmailAddress").into_iter().filter(|text| text.contains('@')) {
        assert_eq!(codes(&rig.inbox(&address).await), "200 NoError", "{address}");
        assert_eq!(codes(&rig.resolve(&address).await), "200 NoError", "{address}");
    }
}

#[tokio::test]
async fn names_resolve_to_none_one_many_or_the_first_hundred() {
    let rig = rig("", "");
    assert_eq!(codes(&rig.resolve("nobody").await), "200 ErrorNameResolutionNoResults");
    assert_eq!(codes(&rig.resolve("smtp:ben@anderson.example").await), "200 NoError");
    let several = rig.resolve("be").await;
    assert_eq!(codes(&several), "200 ErrorNameResolutionMultipleResults");
    assert_eq!(texts(&several, "MailboxType"), ["Mailbox", "PublicDL", "Mailbox", "Contact"]);
    for text in ["", " ", ",", "-"] {
        assert_eq!(codes(&rig.resolve(text).await), "200 ErrorInvalidNameForNameResolution", "{text:?}");
    }
    let many = many(3000, "", "");
    let reply = many.resolve("a").await;
    assert_eq!(codes(&reply), "200 ErrorNameResolutionMultipleResults");
    assert_eq!(texts(&reply, "Resolution").len(), 100);
    assert!(body(&reply).contains("TotalItemsInView=\"100\""));
}

#[tokio::test]
async fn an_account_without_mailbox_has_no_directory_of_its_own() {
    let rig = rig("", "");
    let version = "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>";
    assert_eq!(codes(&rig.call(version, &resolving("be")).await), "200 ErrorNameResolutionNoMailbox");
    assert_eq!(codes(&rig.call(version, &query("be", FIRST)).await), "200 ErrorMissingEmailAddress");
}

#[tokio::test]
async fn busy_strikes_searches_too() {
    let rig = rig(
        "",
        "[[faults]]\nkind = \"busy_message\"\noperation = \"FindPeople\"\nback_off_ms = 9\ncalls = 1",
    );
    assert_eq!(codes(&rig.resolve("ben o").await), "200 NoError");
    let reply = rig.call(&impersonating("ana@anderson.example"), &query("be", FIRST)).await;
    assert_eq!(codes(&reply), "200 ErrorServerBusy");
    assert_eq!(value(&reply, "BackOffMilliseconds").as_deref(), Some("9"));
    assert_eq!(rig.people("ben o").await, ["Ben Okoro"]);
}
