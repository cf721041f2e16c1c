//! Registrations made in the sandbox, in the name of its administrator.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use super::*;
use crate::{
    domain::{permission, time::Moment},
    provider::http::{HttpOptions, Network},
    sandbox::{self, Options, Sandbox},
};

const ADMIN_OF_PARTNER: &str = "admin@coastline-partners.example";
const TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

/// A sandbox in which nothing is registered; its clock goes on by a tenth of a second with each look at it.
struct Rig {
    sandbox: Sandbox,
    client: reqwest::Client,
    certificate: Vec<u8>,
}

impl Rig {
    /// With these faults; what is done in it is kept in a folder, where one is named.
    async fn new(faults: &[&str], data: Option<&Path>) -> Self {
        let clock = AtomicI64::new(1_795_406_400_000);
        let options = Options {
            world: "standard".to_owned(),
            port: None,
            data: data.map(Path::to_owned),
            now: Arc::new(move || clock.fetch_add(100, Ordering::SeqCst)),
            faults: faults.iter().chain(&["unregistered"]).map(|it| (*it).to_owned()).collect(),
        };
        let sandbox = sandbox::start(options).await.unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().der().to_vec();
        Self { sandbox, client: reqwest::Client::builder().no_proxy().build().unwrap(), certificate }
    }

    /// Posts a form to the identity platform, or the form of a page.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> String {
        let url = format!("http://{}{path}", self.sandbox.address());
        self.client.post(url).form(form).send().await.unwrap().text().await.unwrap()
    }

    async fn press(&self, page: &str, field: (&str, &str)) -> String {
        let after =
            |from: &str| page.split(from).nth(1).and_then(|it| it.split('"').next()).unwrap_or_default();
        let form =
            [("ctx", after("name=\"ctx\" value=\"")), ("step", after("name=\"step\" value=\"")), field];
        self.post(after("action=\""), &form).await
    }

    /// Somebody's own token by device code.
    async fn token(&self, who: &str) -> Secret<String> {
        let at = |path: &str| format!("/organizations/oauth2/v2.0/{path}");
        let form = [("client_id", TOOLS), ("scope", "https://graph.microsoft.com/.default")];
        let device: Value = serde_json::from_str(&self.post(&at("devicecode"), &form).await).unwrap();
        let url = format!("http://{}/devicelogin", self.sandbox.address());
        let mut page = self.client.get(url).send().await.unwrap().text().await.unwrap();
        for field in [
            ("otc", text(&device, "user_code")),
            ("account", who),
            ("passwd", "sandbox"),
            ("decision", "continue"),
        ] {
            page = self.press(&page, field).await;
        }
        let form = [
            ("client_id", TOOLS),
            ("grant_type", "device_code"),
            ("device_code", text(&device, "device_code")),
        ];
        let answer: Value = serde_json::from_str(&self.post(&at("token"), &form).await).unwrap();
        Secret::new(text(&answer, "access_token").to_owned())
    }

    /// Somebody's own.
    async fn registrar(&self, who: &str) -> Registrar {
        self.registrar_by(self.token(who).await)
    }

    fn registrar_by(&self, token: Secret<String>) -> Registrar {
        let clock = Clock::fixed(Moment::from_millis(1_795_406_400_000));
        let options = HttpOptions {
            origins: self.sandbox.origins(),
            is_total: true,
            clock: clock.clone(),
            network: Network::default(),
        };
        let http = Http::new(options).unwrap().waiting_first(Duration::from_millis(30));
        Registrar::new(http, clock, "https://graph.microsoft.com", token).unwrap()
    }
}

/// What is wanted of both registrations.
fn plans() -> [Plan; 2] {
    [Plan::customers(&permission::with_extra(&[]).unwrap()), Plan::operators(false)]
}

fn wanted<'a>(plan: &'a Plan, rig: &'a Rig) -> Wanted<'a> {
    let certificate = Some(rig.certificate.as_slice()).filter(|_| plan.has_certificate);
    Wanted { plan, known: None, certificate, page: None, admin: (!plan.has_certificate).then(Uuid::max) }
}

/// Object id of the one who is signed in.
async fn me(registrar: &Registrar) -> Uuid {
    id(&registrar.get(&["me"], "$select=id").await.unwrap(), "id").unwrap()
}

#[tokio::test]
async fn both_are_made_once_while_what_is_new_spreads() {
    let rig = Rig::new(&["replicating=2s"], None).await;
    let registrar = rig.registrar(ADMIN_OF_PARTNER).await;
    let own = rig.sandbox.partner().tenant.parse().unwrap();
    assert_eq!(registrar.organisation(own).await.unwrap().as_str(), "Coastline Partners");
    let admin = me(&registrar).await;
    for (plan, count) in plans().iter().zip([7, 8]) {
        let mut wanted = wanted(plan, &rig);
        wanted.admin = wanted.admin.map(|_| admin);
        let before = registrar.look(&wanted).await.unwrap();
        assert_eq!((before.client_id, before.missing.len()), (None, count), "{:?}", before.missing);
        let told = Mutex::new(Vec::new());
        let made = registrar.make(&wanted, &|step| told.lock().unwrap().push(step.clone())).await.unwrap();
        // The enterprise application is made with that.
        let told = told.into_inner().unwrap();
        assert!(
            before.missing.iter().all(|step| told.contains(step) || *step == Step::RoleNeeded),
            "{told:?}"
        );
        let after = loop {
            let after = registrar.look(&wanted).await.unwrap();
            if after.missing.is_empty() {
                break after;
            }
        };
        assert_eq!(after.client_id, Some(made));
        assert_eq!(registrar.make(&wanted, &|step| panic!("{step:?} again")).await.unwrap(), made);
    }
}

#[tokio::test]
async fn a_cut_leaves_nothing_that_the_next_start_would_make_again() {
    let folder = tempfile::tempdir().unwrap();
    // The sign-in is not what is cut.
    let token = Rig::new(&[], Some(folder.path())).await.token(ADMIN_OF_PARTNER).await;
    let rig = Rig::new(&["drop=70%", "seed=2"], Some(folder.path())).await;
    let registrar = rig.registrar_by(token);
    let plan = &plans()[0];
    let wanted = wanted(plan, &rig);
    let mut cuts = 0;
    let made = loop {
        match registrar.make(&wanted, &|_| ()).await {
            Ok(made) => break made,
            Err(failure) => assert_eq!(failure.kind, FailureKind::Unreachable, "{failure:?}"),
        }
        cuts += 1;
        assert!(cuts < 50);
    };
    assert!(cuts > 0, "nothing was cut");
    let kept = std::fs::read_to_string(folder.path().join("journal.jsonl")).unwrap();
    let ids = |set: &str| {
        let of_set = kept.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of_set = of_set.filter(|event| text(event, "set").ends_with(set));
        of_set.map(|event| text(&event["object"], "id").to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(
        ["applications", "servicePrincipals", "appRoleAssignments"].map(|set| ids(set).len()),
        [1, 1, 2]
    );
    assert!(kept.contains(&made.hyphenated().to_string()));
}

#[tokio::test]
async fn one_of_the_same_name_is_mended_and_two_are_a_question_for_a_person() {
    let rig = Rig::new(&[], None).await;
    let registrar = rig.registrar(ADMIN_OF_PARTNER).await;
    let by_hand = json!({"displayName": "Backup365", "signInAudience": "AzureADMultipleOrgs"});
    let post = || registrar.send(Method::Post, &["applications"], "", Some(&by_hand));
    let there = id(&post().await.unwrap(), "appId").unwrap();
    let plan = &plans()[0];
    let mut wanted = wanted(plan, &rig);
    let standing = registrar.look(&wanted).await.unwrap();
    assert_eq!(standing.client_id, Some(there));
    assert!(standing.missing.contains(&Step::Certificate), "{:?}", standing.missing);
    assert!(!standing.missing.contains(&Step::Accounts { of_any: true }), "{:?}", standing.missing);
    assert_eq!(registrar.make(&wanted, &|_| ()).await.unwrap(), there);
    let other = id(&post().await.unwrap(), "appId").unwrap();
    let failure = registrar.make(&wanted, &|_| ()).await.unwrap_err();
    assert!(
        failure.what.as_str().contains("more than one registration with the name Backup365"),
        "{failure:?}"
    );
    wanted.known = Some(other);
    assert_eq!(registrar.make(&wanted, &|_| ()).await.unwrap(), other, "the settings say which");
}

#[tokio::test]
async fn who_may_not_register_is_told_what_helps() {
    let policy = &["no-registering"][..];
    for (faults, who) in [(&[][..], "theo.banks@coastline-partners.example"), (policy, ADMIN_OF_PARTNER)] {
        let rig = Rig::new(faults, None).await;
        let registrar = rig.registrar(who).await;
        let plan = &plans()[1];
        let failure = registrar.make(&wanted(plan, &rig), &|_| ()).await.unwrap_err();
        let words = failure.for_commands();
        assert!(words.as_str().contains("does not let your account do this"), "{words}");
        assert!(words.as_str().contains("backup365 setup"), "{words}");
    }
}
