//! What is known of when the program's own credential ends; never the credential.

use super::{Store, table::about};
use crate::domain::{
    credential::{KnownEnd, Standing},
    failure::Failure,
};

/// Name of the fact: a line for each credential.
const ENDS: &str = "credential-ends";

impl Store {
    /// What is on record; empty where nothing is. Which of two is in use is not.
    ///
    /// # Errors
    /// `Record`, when the record can't be read.
    pub fn credential(&self) -> Result<Standing, Failure> {
        let text = self.read(|tx| about::find(tx, ENDS))?;
        let lines = text.iter().flat_map(|text| text.as_str().split(';'));
        Ok(Standing { known: lines.filter_map(KnownEnd::of_line).collect(), refused: None })
    }

    /// Keeps what is known now. The same again changes nothing.
    ///
    /// # Errors
    /// `Record`: nothing was written, a retry is safe.
    pub fn keep_credential(&self, known: &[KnownEnd]) -> Result<(), Failure> {
        if self.credential()?.known == known {
            return Ok(());
        }
        let lines = known.iter().map(KnownEnd::to_line).collect::<Vec<_>>().join(";");
        self.write(|write| about::keep(write.tx, ENDS, &lines))
    }
}
