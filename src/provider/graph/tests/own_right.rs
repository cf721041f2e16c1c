//! Accepting with the partner's own right, step by step against the sandbox: what each refusal leaves behind.

use super::{partner::Desk, *};
use crate::domain::own_right::Ended;

/// Foundry has not accepted anything.
const FOUNDRY: &str = "9db04710-6a8d-4035-b7d5-10361bc1367b";

impl Desk {
    fn own_right(&self) -> OwnRight {
        let partner = self.stage.sandbox.partner();
        let apps = Apps { customers: CLIENT.parse().unwrap(), operators: partner.operators.parse().unwrap() };
        let permissions = PermissionSet::usual().unwrap().rows;
        OwnRight::new(self.http(), Cloud::Global.graph(), self.person(), apps, &permissions).hurried()
    }
}

/// The code and the words of what ended badly.
fn words(ended: &Ended) -> String {
    match ended {
        Ended::Good => String::from("good"),
        Ended::Undone(failure) => format!("undone: {}", failure.for_commands()),
        Ended::Bad(failure) => format!("bad: {}", failure.for_commands()),
    }
}

#[tokio::test]
async fn the_three_steps_are_done_checked_and_may_be_done_again() {
    let desk = Desk::with(&["let-in-spreading=0s"]).await;
    let (right, tenant) = (desk.own_right(), FOUNDRY.parse().unwrap());
    assert_eq!(right.held(tenant).await.unwrap().as_str(), "Backup onboarding");
    for _twice in 0..2 {
        assert_eq!(right.let_in(tenant).await, Ended::Good);
        assert_eq!(right.let_in(tenant).await, Ended::Good, "in already");
        assert_eq!(right.grant(tenant).await, Ended::Good);
        assert_eq!(right.take_out(tenant).await, Ended::Good);
        assert_eq!(right.take_out(tenant).await, Ended::Good, "out already");
        let refused = words(&right.grant(tenant).await);
        assert!(refused.starts_with("bad: accepting Backup365"), "{refused}");
    }
}

#[tokio::test]
async fn every_refusal_has_its_words_and_says_whether_something_may_be_left() {
    for (fault, expected) in [
        ("no-mfa", "undone: letting the operators' application in: Partner Center wants a second factor"),
        (
            "partner-center=403",
            "undone: letting the operators' application in: Partner Center does not let your account",
        ),
        ("partner-center=500", "bad: letting the operators' application in"),
        (
            "let-in-spreading=60s",
            "bad: the operators' application was let in, and Microsoft has not spread that",
        ),
        (
            "without=user_impersonation",
            "undone: letting the operators' application in: the operators' application lacks",
        ),
    ] {
        let desk = Desk::with(&[fault]).await;
        let said = words(&desk.own_right().let_in(FOUNDRY.parse().unwrap()).await);
        assert!(said.starts_with(expected), "{fault}: {said}");
    }
    for (fault, expected) in [
        (
            "assign-error=Mail.ReadWrite",
            "bad: accepting Backup365 for the customer: Microsoft says that your role",
        ),
        (
            "admin-role=cloud-application",
            "bad: accepting Backup365 for the customer: Microsoft says that your role",
        ),
        ("without=Mail.ReadWrite", "bad: not every permission could be read back; missing: Mail.ReadWrite"),
        ("admin-role=privileged", "good"),
    ] {
        let desk = Desk::with(&[fault]).await;
        let (right, tenant) = (desk.own_right(), FOUNDRY.parse().unwrap());
        assert_eq!(right.let_in(tenant).await, Ended::Good, "{fault}");
        let said = words(&right.grant(tenant).await);
        assert!(said.starts_with(expected), "{fault}: {said}");
        assert_eq!(right.take_out(tenant).await, Ended::Good, "{fault}");
    }
    // Each side of what is unconfirmed.
    let desk = Desk::with(&["no-mfa", "nested-code"]).await;
    let said = words(&desk.own_right().let_in(FOUNDRY.parse().unwrap()).await);
    assert!(said.contains("wants a second factor") && said.contains("900421"), "{said}");
    let desk = Desk::with(&["admin-role=privileged", "no-instate"]).await;
    let (right, tenant) = (desk.own_right(), FOUNDRY.parse().unwrap());
    assert_eq!(right.let_in(tenant).await, Ended::Good);
    let said = words(&right.grant(tenant).await);
    assert!(said.contains("your role there does not suffice"), "{said}");
    assert_eq!(right.take_out(tenant).await, Ended::Good);
    let desk = Desk::with(&["stays-in"]).await;
    let (right, tenant) = (desk.own_right(), FOUNDRY.parse().unwrap());
    assert_eq!(right.let_in(tenant).await, Ended::Good);
    let said = words(&right.take_out(tenant).await);
    assert!(said.contains("it can still sign in there"), "{said}");
}

#[tokio::test]
async fn who_may_not_accept_hears_why() {
    for (fault, expected) in [
        ("no-delegation", "no delegated admin relationship"),
        ("admin-role=cloud-application", "“Backup onboarding” gives neither Global Administrator"),
        ("no-partner-role", "does not let your account"),
    ] {
        let desk = Desk::with(&[fault]).await;
        let said = desk.own_right().held(FOUNDRY.parse().unwrap()).await.unwrap_err().for_commands();
        assert!(said.as_str().contains(expected), "{fault}: {said}");
    }
}
