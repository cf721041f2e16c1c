//! What setup calls for. It works with settings, a certificate and Microsoft, and with no record, so that it has a desk in
//! the place of a world; [`app`](crate::app) hands one in.

use std::{path::PathBuf, sync::Arc};

use super::{blocking, files};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        groundwork::{Entry, Given, Groundwork, Proven},
        phrase::WayOn,
    },
    wizard::call::{Reply, Request},
};

/// What setup works with. Called on blocking threads.
pub trait Desk: Send + Sync {
    /// What is there.
    ///
    /// # Errors
    /// Settings that can't be used.
    fn look(&self) -> Result<Groundwork, Failure>;

    /// Proves what was given for a part, as far as can be. Changes nothing.
    ///
    /// # Errors
    /// What was given can't be proved at all; what is found wrong with it is a check.
    fn prove(&self, given: &Given) -> Result<Proven, Failure>;

    /// Makes the certificate, where none is there, and names it in the settings. Safe to repeat.
    ///
    /// # Errors
    /// What kept the files from being written.
    fn make_certificate(&self) -> Result<Groundwork, Failure>;

    /// Writes lines into the settings. Safe to repeat.
    ///
    /// # Errors
    /// What kept the file from being written; it is as it was then.
    fn keep(&self, entries: &[Entry]) -> Result<Groundwork, Failure>;

    /// Folder for texts that are written into files.
    fn files(&self) -> PathBuf;
}

/// Carries out one call of setup.
pub(super) async fn answer(desk: &Arc<dyn Desk>, request: Request) -> Result<Reply, Failure> {
    let desk = Arc::clone(desk);
    let ground = |ground| Reply::Groundwork(Box::new(ground));
    match request {
        Request::LookAtGroundwork => blocking(move || desk.look()).await.map(ground),
        Request::ProveGroundwork(given) => {
            blocking(move || desk.prove(&given)).await.map(|proven| Reply::Proven(Box::new(proven)))
        }
        Request::MakeCertificate => blocking(move || desk.make_certificate()).await.map(ground),
        Request::KeepGroundwork(entries) => blocking(move || desk.keep(&entries)).await.map(ground),
        Request::WriteFile { name, text } => {
            blocking(move || files::write(&desk.files(), &name, &text)).await.map(Reply::Written)
        }
        _ => Err(no_world()),
    }
}

/// A call that has no place here: our own fault.
pub(super) fn no_world() -> Failure {
    Failure::new(FailureKind::Internal, "setup works without a record, and other work with one", WayOn::Leave)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::groundwork::tests::bare;

    /// A desk on which nothing lies.
    struct Empty(PathBuf);

    impl Desk for Empty {
        fn look(&self) -> Result<Groundwork, Failure> {
            Ok(bare())
        }

        fn prove(&self, _given: &Given) -> Result<Proven, Failure> {
            Ok(Proven { checks: Vec::new(), entries: Vec::new() })
        }

        fn make_certificate(&self) -> Result<Groundwork, Failure> {
            Err(no_world())
        }

        fn keep(&self, entries: &[Entry]) -> Result<Groundwork, Failure> {
            if entries.is_empty() { Err(no_world()) } else { Ok(bare()) }
        }

        fn files(&self) -> PathBuf {
            self.0.clone()
        }
    }

    #[tokio::test]
    async fn the_desk_is_asked_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let desk: Arc<dyn Desk> = Arc::new(Empty(folder.path().join("files")));
        let entries = vec![Entry::new("app", "tenant", "x")];
        for request in [Request::LookAtGroundwork, Request::KeepGroundwork(entries)] {
            assert!(matches!(answer(&desk, request).await, Ok(Reply::Groundwork(_))));
        }
        let given = Given::Staff(uuid::Uuid::max());
        assert!(matches!(answer(&desk, Request::ProveGroundwork(given)).await, Ok(Reply::Proven(_))));
        let file = Request::WriteFile { name: "a.txt".into(), text: "a".into() };
        assert!(matches!(answer(&desk, file).await, Ok(Reply::Written(_))));
        for request in [Request::MakeCertificate, Request::LoadBoard, Request::OpenWorld] {
            assert!(answer(&desk, request).await.is_err());
        }
    }
}
