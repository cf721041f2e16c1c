//! Makes a certificate of our own: signed by itself, which is all that Microsoft needs to know a key again.

use jiff::{Span, civil::Date, tz::TimeZone};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, date_time_ymd,
};

use super::{Certificate, CertificateTrouble};
use crate::{
    domain::{secret::Secret, time::Moment},
    provider::error::Error,
};

/// How long it is good, years. Microsoft advises against more for secrets, and organisations may allow less.
const YEARS: i8 = 2;

/// A certificate that was just made.
#[derive(Debug)]
pub struct Made {
    /// Certificate and key (PKCS #8) as PEM, for the file that settings name.
    pub pem: Secret<String>,
    /// The same, read back.
    pub certificate: Certificate,
}

/// Makes a certificate and its RSA key of 2,048 bits. Its day begins yesterday: clocks differ.
///
/// # Errors
/// The system gives no randomness, or the time is out of all bounds.
pub fn make(name: &str, now: Moment) -> Result<Made, Error> {
    let failed = |detail: String| Error::Credential { detail };
    let broken = |why: rcgen::Error| failed(format!("a certificate can't be made: {why}"));
    let (begins, ends) =
        days(now).ok_or_else(|| failed("this computer's clock is out of all bounds".into()))?;
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).map_err(broken)?;
    let mut params = CertificateParams::new(Vec::new()).map_err(broken)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let at =
        |day: Date| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
    (params.not_before, params.not_after) = (at(begins), at(ends));
    let certificate = params.self_signed(&key).map_err(broken)?;
    let pem = Secret::new(format!("{}{}", certificate.pem(), key.serialize_pem()));
    let read = |why: CertificateTrouble| failed(format!("the certificate that was made {why}"));
    Ok(Made { certificate: Certificate::read(pem.expose().as_bytes(), None).map_err(read)?, pem })
}

/// From when it is good, and until when.
fn days(now: Moment) -> Option<(Date, Date)> {
    let today =
        jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned_datetime(TimeZone::UTC).date();
    Some((today.yesterday().ok()?, today.checked_add(Span::new().years(YEARS)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_back_with_its_key_and_what_is_uploaded_has_none() {
        let now = Moment::parse("2026-11-30T08:00:00Z").unwrap();
        let Made { pem, certificate } = make("Backup365", now).unwrap();
        assert!(pem.expose().contains("PRIVATE KEY") && !certificate.pem().contains("PRIVATE"));
        assert_eq!(Some(certificate.ends()), Moment::parse("2028-11-30T00:00:00Z"));
        assert_eq!((certificate.subject().as_str(), certificate.thumbprint().len()), ("CN=Backup365", 40));
        let (_, upload) = x509_parser::pem::parse_x509_pem(certificate.pem().as_bytes()).unwrap();
        assert_eq!(upload.contents, certificate.der());
        assert_eq!(Certificate::read(pem.expose().as_bytes(), None).unwrap(), certificate);
    }
}
