//! Windows sign-in against the sandbox, which reckons every proof itself and lets in the one connection that brought it.

use std::collections::HashSet;

use super::sandbox::{Rig, access, given, states};
use crate::domain::{customer::Listing, tenant::Verdict, user::Kind};

const ACCOUNT: &str = "svc@hoster.example";

#[tokio::test]
async fn windows_sign_in_comes_first_and_basic_is_never_tried_beside_it() {
    for account in [ACCOUNT, "HOSTER\\svc", "hoster\\SVC"] {
        let rig = Rig::new("", "").await;
        let proof = rig.exchange.prove(&access(account, "right:one", given(&["ben"]))).await;
        assert_eq!(states(&proof), "gggg", "{account}");
        assert_eq!(proof.checks[1].detail.as_str(), format!("{account}, NTLM"));
    }
    let rig = Rig::new("", "").await;
    let proof = rig.exchange.prove(&access(ACCOUNT, "wrong", given(&["ben"]))).await;
    assert_eq!(states(&proof), "gbww");
    let Verdict::Failed(failure) = proof.verdict else { panic!("{proof:?}") };
    assert!(failure.hint.for_commands().as_str().contains("Extended Protection"), "{failure:?}");
    let seen = rig.seen.lock().unwrap().clone();
    assert!(seen.iter().all(|(_, sign_in)| !sign_in.starts_with("Basic")), "{seen:?}");
    let proofs = seen.iter().filter(|(_, sign_in)| sign_in.starts_with("NTLM TlRMTVNTUAADAAAA"));
    assert_eq!(proofs.count(), 2, "a wrong password is sent twice at most: {seen:?}");
}

#[tokio::test]
async fn each_connection_signs_in_once_and_a_server_that_forgets_it_is_signed_in_to_again() {
    let names: Vec<String> = (0..40).map(|_| "ana".to_owned()).chain(["ben".to_owned()]).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (habits, hellos) in [("", 1..=8), ("[habits]\nconnection_stays_in = false\n", 2..=2)] {
        let rig = Rig::new("challenges = [\"ntlm\"]", habits).await;
        let list = if habits.is_empty() { given(&names) } else { given(&["ana", "ben"]) };
        let (count, rows, _) = rig.list(&access(ACCOUNT, "right:one", list)).await;
        assert!(count.is_ok(), "{count:?}");
        assert!(
            rows.iter().all(|(_, kind, problem)| *kind == Kind::Mailbox && problem.is_empty()),
            "{rows:?}"
        );
        let seen = rig.seen.lock().unwrap().clone();
        let begun = seen.iter().filter(|(_, sign_in)| sign_in.starts_with("NTLM TlRMTVNTUAABAAAA"));
        let begun: Vec<u16> = begun.map(|(connection, _)| *connection).collect();
        assert!(hellos.contains(&begun.len()), "{habits}: {seen:?}");
        if habits.is_empty() {
            assert_eq!(begun.len(), begun.iter().collect::<HashSet<_>>().len(), "once each: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_front_that_closes_each_connection_is_told_as_that_and_not_as_a_wrong_password() {
    let rig = Rig::behind(&[("connection", "close")], "challenges = [\"ntlm\"]", "").await;
    let proof = rig.exchange.prove(&access(ACCOUNT, "right:one", Listing::Directory)).await;
    assert_eq!(states(&proof), "gbw");
    let Verdict::Failed(failure) = proof.verdict else { panic!("{proof:?}") };
    assert!(failure.what.as_str().contains("its messages don't come through"), "{}", failure.what);
}

#[tokio::test]
async fn a_server_that_wants_a_binding_which_we_can_not_give_refuses_as_a_wrong_password_would() {
    let rig = Rig::new("challenges = [\"ntlm\"]\nextended_protection = \"require\"", "").await;
    let proof = rig.exchange.prove(&access(ACCOUNT, "right:one", Listing::Directory)).await;
    assert_eq!(states(&proof), "gbw");
    let Verdict::Failed(failure) = proof.verdict else { panic!("{proof:?}") };
    assert!(failure.hint.for_commands().as_str().contains("set to Require"), "{failure:?}");
}
