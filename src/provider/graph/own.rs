//! The partner's own application, as its own tenant has it: when its secrets end.

use serde_json::Value;

use super::Graph;
use crate::{
    domain::{credential::ListedSecret, failure::Failure, time::Moment},
    provider::error::Error,
};

impl Graph {
    /// The secrets of our own application. It needs `Application.Read.All` in the partner's own tenant, which many will not
    /// have given; that is a refusal like any other.
    ///
    /// # Errors
    /// `Refused` where it may not be read; `Unreachable` and the like otherwise. Writes nothing.
    pub async fn own_secrets(&self) -> Result<Vec<ListedSecret>, Failure> {
        let inner = &*self.inner;
        let url = self.url(
            &["applications"],
            &format!("$filter=appId eq '{}'&$select=id,appId,passwordCredentials", inner.client_id),
        );
        let what = "the record of our own application";
        let answer = self
            .object(inner.partner, &url, what)
            .await
            .and_then(|answer| secrets(&answer).ok_or(Error::Malformed { what }));
        answer.map_err(|error| error.failure_of_our_own("reading your own application"))
    }

    /// The number with which Microsoft refused the first credential, where the next one is in use.
    #[must_use]
    pub fn replaced(&self) -> Option<u64> {
        self.inner.tokens.replaced()
    }
}

/// The secrets of the one application of an answer; none where there is not exactly one, or where one of its secrets can't be
/// read.
fn secrets(answer: &Value) -> Option<Vec<ListedSecret>> {
    let [application] = answer.get("value")?.as_array()?.as_slice() else { return None };
    let text = |row: &Value, key: &str| {
        row.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let each = application.get("passwordCredentials")?.as_array()?.iter().map(|row| {
        Some(ListedSecret {
            id: text(row, "keyId"),
            hint: text(row, "hint"),
            ends: Moment::parse(row.get("endDateTime")?.as_str()?)?,
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_read_whole_or_not_at_all() {
        let good =
            json!({"keyId": "k", "hint": "abc", "endDateTime": "2026-12-01T00:00:00Z", "secretText": null});
        let of = |rows: Value| secrets(&json!({"value": [{"passwordCredentials": rows}]}));
        let read =
            of(json!([good, {"keyId": "l", "hint": null, "endDateTime": "2026-12-01T00:00:00Z"}])).unwrap();
        assert_eq!((read[0].hint.as_deref(), read[1].hint.as_deref()), (Some("abc"), None));
        assert_eq!(of(json!([good, {"keyId": "l", "endDateTime": 7}])), None);
        assert_eq!(of(json!([])), Some(Vec::new()));
        for answer in
            [json!({}), json!({"value": []}), json!({"value": [{}]}), json!({"value": [{}, {}]}), json!(7)]
        {
            assert_eq!(secrets(&answer), None, "{answer}");
        }
    }
}
