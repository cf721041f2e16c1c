//! Certificates and roles of an application that is registered or changed, checked as Graph checks them.

use aws_lc_rs::digest;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Refusal;
use crate::sandbox::{answer::fresh, application::of};

/// Makes what was given whole, and refuses what Graph refuses. `before`: the application as it was; none: it is new.
pub(super) fn check(object: &mut Value, before: Option<&Value>) -> Result<(), Refusal> {
    let rows = |value: Option<&Value>, name: &str| {
        value.and_then(|it| it.get(name)).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let kept = rows(Some(object), "appRoles");
    let is_gone = |role: &&Value| !kept.iter().any(|it| of(it, "id") == of(role, "id"));
    let known = rows(before, "appRoles");
    if known.iter().filter(is_gone).any(|role| role.get("isEnabled") != Some(&json!(false))) {
        let message = "Permission (scope or role) cannot be deleted or updated unless disabled first.";
        return Err(Refusal::new(400, "CannotDeleteOrUpdateEnabledEntitlement", message));
    }
    let known = rows(before, "keyCredentials");
    let keys: Result<Vec<Value>, Refusal> =
        rows(Some(object), "keyCredentials").iter().map(|key| whole(key, &known)).collect();
    if let Some(members) = object.as_object_mut() {
        members.insert("keyCredentials".to_owned(), Value::from(keys?));
    }
    Ok(())
}

/// One certificate with its thumbprint, id and times; one that is known may come without its content.
fn whole(given: &Value, known: &[Value]) -> Result<Value, Refusal> {
    if of(given, "key").is_empty() {
        let kept = known.iter().find(|it| of(it, "keyId") == of(given, "keyId"));
        return kept.cloned().ok_or_else(|| {
            Refusal::bad("A value is required for property 'key' of resource 'KeyCredential'.")
        });
    }
    if (of(given, "type"), of(given, "usage")) != ("AsymmetricX509Cert", "Verify") {
        return Err(Refusal::bad("Key credential type and usage are not valid."));
    }
    let text = of(given, "key");
    let der = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok();
    let der = der.ok_or_else(|| {
        Refusal::bad("Cannot convert the value of 'key' to the expected type 'Edm.Binary'.")
    })?;
    let unusable =
        || Refusal::new(400, "KeyCredentialsInvalidKey", "The key credential is not a valid certificate.");
    let (rest, certificate) = x509_parser::parse_x509_certificate(&der).map_err(|_malformed| unusable())?;
    if !rest.is_empty() {
        return Err(unusable());
    }
    let moment = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default();
    let (from, to) =
        (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let said = |name: &str, other: i64| {
        of(given, name).parse::<Timestamp>().unwrap_or_else(|_missing| moment(other))
    };
    let (start, end) = (said("startDateTime", from), said("endDateTime", to));
    if start < moment(from) || end > moment(to) {
        return Err(Refusal::new(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid."));
    }
    let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    let thumbprint = thumbprint.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}"));
    let or = |name: &str, other: String| {
        Some(of(given, name)).filter(|it| !it.is_empty()).map_or(other, str::to_owned)
    };
    Ok(json!({
        "customKeyIdentifier": or("customKeyIdentifier", thumbprint), "displayName": given.get("displayName"),
        "startDateTime": start.to_string(), "endDateTime": end.to_string(), "keyId": or("keyId", fresh()),
        "type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&der),
    }))
}

/// Without the certificates themselves: Graph tells them for one application that is asked for them by `$select`.
pub(super) fn hide(mut object: Value) -> Value {
    let keys = object.get_mut("keyCredentials").and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten() {
        if let Some(members) = key.as_object_mut() {
            members.insert("key".to_owned(), Value::Null);
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().der().to_vec()
    }

    fn given(key: &str) -> Value {
        json!({"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": key}]})
    }

    #[test]
    fn a_certificate_is_kept_with_its_thumbprint_and_may_come_again_without_its_content() {
        let mut object = given(&STANDARD.encode(certificate()));
        check(&mut object, None).unwrap();
        let kept = object["keyCredentials"][0].clone();
        assert_eq!(of(&kept, "customKeyIdentifier").len(), 40);
        assert!(!of(&kept, "endDateTime").is_empty());
        assert_eq!(hide(object.clone())["keyCredentials"][0]["key"], Value::Null);
        let mut again = json!({"keyCredentials": [{"keyId": kept["keyId"], "key": null}]});
        check(&mut again, Some(&object)).unwrap();
        assert_eq!(again["keyCredentials"][0], kept);
        let mut strange = json!({"keyCredentials": [{"keyId": "another", "key": null}]});
        assert!(check(&mut strange, Some(&object)).is_err());
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for bad in ["", "rubbish!", "cnViYmlzaA=="] {
            assert!(check(&mut given(bad), None).is_err(), "{bad}");
        }
        let mut longer = given(&STANDARD.encode(certificate()));
        longer["keyCredentials"][0]["startDateTime"] = json!("1900-01-01T00:00:00Z");
        assert!(check(&mut longer, None).is_err());
        let mut other = given(&STANDARD.encode(certificate()));
        other["keyCredentials"][0]["usage"] = json!("Sign");
        assert!(check(&mut other, None).is_err());
    }

    #[test]
    fn a_role_goes_only_when_it_was_switched_off() {
        let role = |on: bool| json!({"appRoles": [{"id": "1", "value": "Admin", "isEnabled": on}]});
        for (on, fits) in [(true, false), (false, true)] {
            assert_eq!(check(&mut json!({"appRoles": []}), Some(&role(on))).is_ok(), fits);
        }
        assert!(check(&mut role(true), Some(&role(true))).is_ok());
    }
}
