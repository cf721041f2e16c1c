//! The partner's customers in the name of a person who is signed in, against the sandbox: whose token, which lists, and what
//! is said where one may not be read.

use std::sync::Mutex;

use super::*;
use crate::{
    domain::{
        consent::Look,
        customer::{NewCustomer, Product},
        doubt::Accepts,
        partner_list::Did,
        phrase::Correction,
    },
    provider::{
        Provider,
        graph::delegated::Delegated,
        oauth::operator::{Operators, Person, Registration, SessionFile},
        partner::Wanted,
        store::{Store, StoreOptions},
    },
};

const MARA: &str = "mara.quill@coastline-partners.example";

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, from: &str) -> &'a str {
    page.split(from).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// A sandbox with a person who is signed in, and the file that they are kept in.
pub(super) struct Desk {
    pub(super) stage: Stage,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(super) async fn with(faults: &[&str]) -> Self {
        let desk = Self { stage: Stage::with(faults).await, folder: tempfile::tempdir().unwrap() };
        let operators = desk.operators();
        let code = operators.ask_for_code().await.unwrap();
        desk.enter(code.issued.code.as_str()).await;
        let session = operators.poll(&code).await.unwrap();
        desk.file().keep(&session).unwrap();
        desk
    }

    /// Goes through the sandbox's pages as Mara would.
    async fn enter(&self, code: &str) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = format!("http://{}", self.stage.sandbox.address());
        let mut page = client.get(format!("{base}/devicelogin")).send().await.unwrap().text().await.unwrap();
        let fields = [("otc", code), ("account", MARA), ("passwd", "sandbox"), ("decision", "continue")];
        for field in fields {
            let hidden = |name: &str| between(&page, &format!("name=\"{name}\" value=\"")).to_owned();
            let (ctx, step) = (hidden("ctx"), hidden("step"));
            let url = format!("{base}{}", between(&page, "action=\""));
            let form = [("ctx", ctx.as_str()), ("step", &step), field];
            page = client.post(url).form(&form).send().await.unwrap().text().await.unwrap();
        }
    }

    pub(super) fn http(&self) -> (Http, Clock) {
        let told = Arc::clone(&self.stage.millis);
        let clock = Clock::new(move || Moment::from_millis(told.load(Ordering::SeqCst)));
        let http = settings(self.stage.sandbox.origins(), clock.clone(), "").http;
        (Http::new(http).unwrap().waiting_first(Duration::from_millis(1)), clock)
    }

    fn operators(&self) -> Operators {
        let partner = self.stage.sandbox.partner();
        let registration = Registration {
            client_id: partner.operators.parse().unwrap(),
            tenant: PARTNER.parse().unwrap(),
            authority: Cloud::Global.login().to_owned(),
            browser_origin: Some(format!("http://{}", self.stage.sandbox.address())),
        };
        let (http, clock) = self.http();
        Operators::new(http, clock, registration).unwrap()
    }

    fn file(&self) -> SessionFile {
        let at = |name: &str| self.folder.path().join(name);
        SessionFile::new(at("sign-in.age"), at("identity.txt"))
    }

    pub(super) fn person(&self) -> Arc<Person> {
        Arc::new(Person::new(self.operators(), self.file()))
    }

    fn graph(&self) -> Delegated {
        Delegated::new(self.http(), Cloud::Global.graph(), self.person(), PARTNER.parse().unwrap()).unwrap()
    }
}

#[tokio::test]
async fn the_lists_are_read_in_the_persons_name_and_the_sign_in_lives_on() {
    let desk = Desk::with(&["throttle=1"]).await;
    let kept = || std::fs::read_to_string(desk.folder.path().join("sign-in.age")).unwrap();
    let before = kept();
    let seen = Mutex::new(0);
    let read =
        desk.graph().partner_customers(Cloud::Global, &|rows| *seen.lock().unwrap() = rows).await.unwrap();
    let names: Vec<&str> = read.customers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((names, read.missing), (vec!["Bakery", "Foundry"], None));
    assert!(read.customers.iter().all(|it| it.ends.is_some() && it.domain.is_some()), "{:?}", read.customers);
    assert!(*seen.lock().unwrap() >= 8, "{seen:?}");
    assert_ne!(before, kept(), "what replaced the refresh token is kept");
    // Two processes at once, each with what it read before: both are served, and who is signed in stays signed in.
    desk.stage.pass(Duration::from_hours(2));
    let (one, other) = (desk.graph(), desk.graph());
    let (first, second) = tokio::join!(
        one.partner_customers(Cloud::Global, &|_rows| ()),
        other.partner_customers(Cloud::Global, &|_rows| ())
    );
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    let session = desk.file().read().unwrap().unwrap();
    let renewed = desk.operators().renewed(&desk.file(), session).await.unwrap();
    assert_eq!(renewed.who.name.as_str(), MARA);
    // Signed out meanwhile: nothing brings it back.
    assert!(desk.file().forget().unwrap());
    let refused = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await.unwrap_err();
    assert!(refused.what.as_str().contains("nobody is signed in"), "{refused:?}");
    assert!(desk.file().read().unwrap().is_none());
}

#[tokio::test]
async fn licences_are_read_by_the_customers_own_consent_and_suggest_what_the_record_lacks() {
    let desk = Desk::with(&[]).await;
    desk.stage.accept().await;
    let (_, clock) = desk.http();
    let store = Store::open(StoreOptions {
        place: (desk.folder.path().join("data/record.db")).into(),
        identity: desk.folder.path().join("config/identity.txt"),
        clock: clock.clone(),
        account: "ann".into(),
        as_user: false,
        host: "desk".into(),
        is_sandbox: true,
    })
    .unwrap();
    let bakery = NewCustomer {
        reference: "C-1".into(),
        name: "Bakery".into(),
        products: vec![Product::MpExchange],
        tenant: Some(tenant()),
        is_active: true,
        ..NewCustomer::default()
    };
    store.add_customer(&bakery, &Accepts::default()).unwrap();
    store.keep_look(tenant(), &Look::Granted).unwrap();
    let settings = settings(desk.stage.sandbox.origins(), clock, &desk.stage.sandbox.partner().secret);
    let provider = Provider::new(&settings, store).unwrap();
    let unregistered = provider.import_from_microsoft(Wanted::default(), &|_words| ()).await;
    assert!(unregistered.unwrap_err().what.as_str().contains("operator.client_id"));
    let provider = provider.in_name_of(Some(Person::new(desk.operators(), desk.file())));
    let imported = provider.import_from_microsoft(Wanted::default(), &|_words| ()).await.unwrap();
    let [bakery, foundry] = imported.taken.as_slice() else { panic!("{imported:?}") };
    let licences = bakery.licences.as_ref().unwrap();
    assert!(
        licences[0].name.as_str().starts_with("Microsoft 365 ") && licences[0].bought > 0,
        "{licences:?}"
    );
    let also = Correction::AlsoOffice365 { mpexchange: true, business365: false };
    assert_eq!((bakery.suggested, &foundry.licences), (Some(also), &None));
    assert_eq!(
        (foundry.reference.as_ref().unwrap().as_str(), &foundry.did),
        ("foundry.example", &Did::Added)
    );
}

#[tokio::test]
async fn a_list_that_may_not_be_read_is_named_with_what_is_missing() {
    let desk = Desk::with(&["without=DelegatedAdminRelationship.Read.All"]).await;
    let read = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await.unwrap();
    assert_eq!(read.customers.len(), 2);
    let missing = read.missing.unwrap().for_commands();
    assert!(missing.as_str().contains("adds DelegatedAdminRelationship.Read.All"), "{missing}");
    let desk = Desk::with(&["no-partner-role"]).await;
    let refused = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await.unwrap_err();
    let said = refused.for_commands();
    assert!(said.as_str().contains("does not let your account"), "{said}");
    assert_eq!(refused.code.unwrap().as_str(), "Authorization_RequestDenied");
    let desk = Desk::with(&["no-delegation"]).await;
    let read = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await.unwrap();
    assert!(read.customers.iter().all(|it| it.ends.is_none()) && read.customers.len() == 2, "{read:?}");
    desk.stage.pass(Duration::from_hours(24 * 100));
    let ended = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await;
    assert!(ended.is_err_and(|ended| ended.for_commands().as_str().contains("login")));
}

#[tokio::test]
async fn a_persons_token_goes_to_no_other_host() {
    let of = |number: u32| {
        format!(
            "\n[[tenant]]\nid = \"00000000-0000-4000-8000-{number:012}\"\nname = \"N {number}\"\n\
             domain = \"n{number}.example\"\ninitial = \"n{number}.onmicrosoft.com\"\n"
        )
    };
    let world = WORLD.to_owned() + &(0..400).map(of).collect::<Vec<_>>().concat();
    for (faults, expected) in [(&["evil-next"][..], None), (&[][..], Some(402))] {
        let stage = Stage::of(&world, faults).await;
        let desk = Desk { stage, folder: tempfile::tempdir().unwrap() };
        let operators = desk.operators();
        let code = operators.ask_for_code().await.unwrap();
        desk.enter(code.issued.code.as_str()).await;
        desk.file().keep(&operators.poll(&code).await.unwrap()).unwrap();
        let read = desk.graph().partner_customers(Cloud::Global, &|_rows| ()).await;
        match expected {
            Some(count) => assert_eq!(read.unwrap().customers.len(), count),
            None => assert!(read.unwrap_err().what.as_str().contains("where our key must not go")),
        }
    }
}
