//! What holds for the whole client: its requests fit the schema of Exchange.

mod hostile;
#[cfg(feature = "ntlm")]
mod ntlm;
mod sandbox;
pub(super) mod stub;
mod world;

use std::path::PathBuf;

use super::soap::Operation;

/// What EWS uses of the namespace `xml`.
const XML_SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
<xs:attribute name="lang" type="xs:language"/></xs:schema>"#;

/// Imports both.
const AROUND: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>
<xs:import namespace="http://schemas.microsoft.com/exchange/services/2006/messages" schemaLocation="MESSAGES"/></xs:schema>"#;

/// Past the test harness, which keeps the words of a test that passes to itself.
fn skipped(why: &str) {
    let words = format!("SKIPPED: requests against the EWS schema, {why}\n");
    std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes()).unwrap();
}

/// Checks documents against `messages.xsd` of the folder that the environment names; says aloud when it can't.
fn assert_fits_schema(documents: &[(&str, String)]) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder of the conformance data is named by the environment"
    )]
    let Some(folder) = std::env::var("BACKUP365_CONFORMANCE").ok().filter(|folder| !folder.is_empty()) else {
        return skipped("BACKUP365_CONFORMANCE is not set");
    };
    let schema = PathBuf::from(folder).join("ews/messages.xsd");
    assert!(schema.is_file(), "{} is missing", schema.display());
    let scratch = tempfile::tempdir().unwrap();
    // types.xsd uses xml:lang and imports its namespace without a place: a schema around it says where.
    std::fs::write(scratch.path().join("xml.xsd"), XML_SCHEMA).unwrap();
    let around = scratch.path().join("around.xsd");
    std::fs::write(&around, AROUND.replace("MESSAGES", &schema.display().to_string())).unwrap();
    for (name, document) in documents {
        let file = scratch.path().join(format!("{name}.xml"));
        std::fs::write(&file, document).unwrap();
        let checked = crate::outside::child::command("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(&around)
            .arg(&file)
            .output();
        let output = match checked {
            Ok(output) => output,
            Err(missing) => {
                #[expect(clippy::disallowed_methods, reason = "only the gate must have xmllint")]
                let is_gate = std::env::var("CI").is_ok_and(|value| !value.is_empty());
                assert!(!is_gate, "xmllint is missing: {missing}");
                return skipped("xmllint is missing");
            }
        };
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_request_fits_the_schema() {
    let query = "O'N & <ñ>".to_owned();
    assert_fits_schema(&[
        ("get_folder", Operation::GetInbox.document()),
        ("get_root", Operation::GetRoot.document()),
        ("find_people", Operation::FindPeople { query: query.clone(), offset: 300 }.document()),
        ("resolve_names", Operation::ResolveNames { query }.document()),
    ]);
}
