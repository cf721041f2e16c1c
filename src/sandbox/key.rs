//! The signing key of the sandbox's identity platform, and the seal on its opaque tokens.
//!
//! Made once per data folder (file `signing-key.pk8`, readable by its owner only), or once per process where nothing is kept.
//! Signs access tokens, publishes the key set, checks tokens that come back, and seals page tokens, delta positions and the
//! state of a sign-in, so that none of them can be read or rebuilt by a client.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    encoding::{AsDer as _, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::outside;

/// Name of the key's file in the data folder.
const FILE: &str = "signing-key.pk8";

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// Not three base64url parts with JSON inside.
    Shape,
    /// Not signed by this key, or not by RS256.
    Signature,
}

/// Key pair, key id and sealing key.
pub(super) struct Keys {
    /// RSA, 2048 bits.
    pair: RsaKeyPair,
    /// Key id: base64url of the first 20 bytes of SHA-256 over the public key.
    kid: String,
    /// Seals opaque tokens.
    seal: RandomizedNonceKey,
}

impl Keys {
    /// The data folder's key, made if it is not there; without a folder one key per process.
    ///
    /// # Errors
    /// The folder can't be written, or the file holds no key.
    pub(super) fn load(data: Option<&Path>) -> io::Result<Arc<Self>> {
        static KEPT_NOWHERE: OnceLock<Arc<Keys>> = OnceLock::new();
        let Some(data) = data else {
            if let Some(keys) = KEPT_NOWHERE.get() {
                return Ok(Arc::clone(keys));
            }
            let keys = Arc::new(Self::from_der(&fresh()?)?);
            return Ok(Arc::clone(KEPT_NOWHERE.get_or_init(|| keys)));
        };
        let path = data.join(FILE);
        if !path.exists() {
            create(&path, &fresh()?)?;
        }
        Ok(Arc::new(Self::from_der(&fs::read(&path)?)?))
    }

    /// From PKCS#8 bytes.
    fn from_der(der: &[u8]) -> io::Result<Self> {
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|_why| io::Error::other("the sandbox's signing key can't be read"))?;
        let kid = Sha256::digest(pair.public_key().as_ref());
        let seal = Sha256::new().chain_update(b"sandbox seal").chain_update(der).finalize();
        let seal = RandomizedNonceKey::new(&AES_256_GCM, &seal)
            .map_err(|_why| io::Error::other("the sandbox's seal can't be made"))?;
        Ok(Self { pair, kid: URL_SAFE_NO_PAD.encode(kid.get(..20).unwrap_or_default()), seal })
    }

    /// A compact JWT, RS256; `None` only if the library refuses to sign.
    pub(super) fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({"typ": "JWT", "alg": "RS256", "x5t": self.kid, "kid": self.kid});
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Claims of a token that this key signed. Times, audience and the rest are the caller's to check.
    ///
    /// # Errors
    /// [`Bad`].
    pub(super) fn check(&self, token: &str) -> Result<Value, Bad> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Bad::Shape)?;
        let (header, claims) = signed.split_once('.').ok_or(Bad::Shape)?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let header: Value =
            part(header).and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(Bad::Shape)?;
        let claims: Value =
            part(claims).and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(Bad::Shape)?;
        if header.get("alg").and_then(Value::as_str) != Some("RS256") {
            return Err(Bad::Signature);
        }
        let signature = part(signature).ok_or(Bad::Shape)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .map_err(|_why| Bad::Signature)?;
        Ok(claims)
    }

    /// The key set; `issuer` as each entry names it.
    pub(super) fn set(&self, issuer: &str) -> Value {
        let public = self.pair.public_key();
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid,
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            "issuer": issuer,
        }]})
    }

    /// An opaque token that only this key can read; `None` only if the library refuses.
    pub(super) fn seal(&self, content: &Value) -> Option<String> {
        let mut sealed = content.to_string().into_bytes();
        let nonce = self.seal.seal_in_place_append_tag(Aad::empty(), &mut sealed).ok()?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What was sealed; `None` for anything that this key did not seal.
    pub(super) fn open(&self, token: &str) -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let content = self
            .seal
            .open_in_place(Nonce::try_assume_unique_for_key(nonce).ok()?, Aad::empty(), &mut sealed)
            .ok()?;
        serde_json::from_slice(content).ok()
    }
}

/// A fresh RSA key as PKCS#8.
fn fresh() -> io::Result<Vec<u8>> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048)
        .map_err(|_why| io::Error::other("no signing key can be made"))?;
    let der: Pkcs8V1Der<'_> =
        pair.as_der().map_err(|_why| io::Error::other("the signing key can't be written"))?;
    Ok(der.as_ref().to_vec())
}

/// Writes beside and links into place: of two processes that start at once, the second keeps the first one's key.
pub(super) fn create(path: &Path, der: &[u8]) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&draft)?;
    file.write_all(der)?;
    file.sync_all()?;
    let placed = match outside::file::place(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    // It may have been moved.
    let _gone = fs::remove_file(&draft);
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_a_changed_one_does_not() {
        let keys = Keys::load(None).unwrap();
        let token = keys.sign(&json!({"tid": "x"})).unwrap();
        assert_eq!(keys.check(&token).unwrap(), json!({"tid": "x"}));
        assert_eq!(keys.check("rubbish"), Err(Bad::Shape));
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert_eq!(keys.check(&format!("{signed}.AAAA")), Err(Bad::Signature));
    }

    #[test]
    fn a_sealed_token_is_opaque_and_can_not_be_rebuilt() {
        let keys = Keys::load(None).unwrap();
        let token = keys.seal(&json!({"o": 999})).unwrap();
        assert_eq!(keys.open(&token), Some(json!({"o": 999})));
        assert_ne!(keys.seal(&json!({"o": 999})).unwrap(), token);
        let mut other = token.into_bytes();
        other[20] = if other[20] == b'A' { b'B' } else { b'A' };
        assert_eq!(keys.open(&String::from_utf8(other).unwrap()), None);
    }

    #[test]
    fn the_folder_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let one = Keys::load(Some(folder.path())).unwrap();
        let two = Keys::load(Some(folder.path())).unwrap();
        assert_eq!(one.kid, two.kid);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
