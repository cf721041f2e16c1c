//! The messages themselves; that a server takes them is tried against the sandbox.

use proptest::prelude::*;

use super::*;
use crate::provider::http::{Headers, Sent};

/// A 401 with this line.
fn refusal(line: &str) -> Response {
    Response {
        status: 401,
        headers: Headers(vec![("www-authenticate".to_owned(), line.to_owned())]),
        body: Vec::new(),
        request_id: String::new(),
        sent: Sent::default(),
    }
}

/// A challenge with these pairs.
fn challenge(pairs: &[u8]) -> Vec<u8> {
    let length = u16::try_from(pairs.len()).unwrap().to_le_bytes();
    [
        &b"NTLMSSP\0"[..],
        &2_u32.to_le_bytes(),
        &[0, 0, 0, 0, 56, 0, 0, 0],
        &0x0088_8205_u32.to_le_bytes(),
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[0; 8],
        &length,
        &length,
        &56_u32.to_le_bytes(),
        &[0; 8],
        pairs,
    ]
    .concat()
}

/// The certificate's hash and the binding made of it are those that Microsoft and others publish as an example.
#[test]
fn a_channel_is_bound_as_windows_binds_it() {
    let hash = [
        0xe3, 0xca, 0x49, 0x27, 0x1e, 0x50, 0x89, 0xcc, 0x48, 0xce, 0x82, 0x10, 0x9f, 0x13, 0x24, 0xf4, 0x1d,
        0xbe, 0xdd, 0xc2, 0x9a, 0x77, 0x74, 0x10, 0xc7, 0x38, 0xf7, 0x86, 0x8c, 0x4f, 0xf4, 0x05,
    ];
    let expected =
        [0x6e, 0xa1, 0x9d, 0xf0, 0x66, 0xda, 0x46, 0x22, 0x05, 0x1f, 0x9c, 0x4f, 0x92, 0xc6, 0xdf, 0x74];
    assert_eq!(binding(&hash), expected);
    let line = format!(
        "Negotiate, NTLM {}",
        STANDARD.encode(challenge(&[7, 0, 8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    );
    let read = Challenge::of(&refusal(&line)).unwrap();
    assert_eq!(read.time(), Some(9), "the server's own time is taken");
    let target = read.target(Some(&hash));
    assert!(target.ends_with(&[&[10, 0, 16, 0][..], &expected, &[0; 4]].concat()), "{target:?}");
    assert!(!read.target(None).windows(2).any(|pair| pair == [10, 0]));
}

proptest! {
    #[test]
    fn whatever_the_server_answers_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        pairs in prop::collection::vec(any::<u8>(), 0..80),
        user in "\\PC{0,40}",
    ) {
        let whole = [b"NTLMSSP\0\x02\0\0\0".as_slice(), &bytes].concat();
        for message in [bytes, whole, challenge(&pairs)] {
            let line = format!("NTLM {}", STANDARD.encode(message));
            if let Some(read) = Challenge::of(&refusal(&line)) {
                let secret = Secret::new("pass:wörd".to_owned());
                let third = read.answer(&user, &secret, Moment::from_millis(0), Some(&[1; 32]));
                prop_assert!(third.is_some_and(|value| value.starts_with(SCHEME)));
            }
        }
    }
}
