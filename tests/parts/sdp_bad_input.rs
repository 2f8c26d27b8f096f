//! A description from the network can be anything: it is refused with a reason, and nothing panics.

use proptest::prelude::*;
use standardiste::sdp::{Error, Session, Settings};

fn session() -> Session {
    Session::new(7, "127.0.0.1".parse().unwrap(), 40_000, &Settings::default())
}

const GOOD: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

#[test]
fn a_malformed_description_is_a_bad_request() {
    let malformed = [
        "",
        "v=0",
        "v=0\r\n",
        "hello",
        "v=1\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        "o=- 1 1 IN IP4 127.0.0.1\r\nv=0\r\ns=-\r\nt=0 0\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\n", // no c=
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 8\r\n", // no t=
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 pbx.example\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 224.1.2.3\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 300\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 70000 RTP/AVP 8\r\n",
    ];
    for text in malformed {
        let error = session().answer(text.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{text:?}: {error}");
        assert_eq!(error.status(), 400);
    }
    let long = format!("{GOOD}{}", "a=x\r\n".repeat(10_000));
    assert!(matches!(session().answer(long.as_bytes()), Err(Error::Malformed(_))));
}

#[test]
fn bare_line_feeds_and_unknown_lines_are_tolerated() {
    let text = GOOD.replace("\r\n", "\n") + "a=unknown:value\na=rtpmap:broken\n";
    assert!(session().answer(text.as_bytes()).is_ok());
}

#[test]
fn a_refused_offer_leaves_what_was_agreed() {
    let mut session = session();
    let before = session.answer(GOOD.as_bytes()).unwrap();
    assert!(session.answer(b"v=0\r\n").is_err());
    assert_eq!(session.agreed(), Some(&before.1));
    assert_eq!(session.again(), before.0);
}

proptest! {
    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = session().answer(&bytes);
    }

    #[test]
    fn a_damaged_description_never_panics(at in 0..GOOD.len(), with in any::<u8>(), cut in 0..GOOD.len()) {
        let mut bytes = GOOD.as_bytes().to_vec();
        bytes[at] = with;
        let _ = session().answer(&bytes);
        bytes.truncate(cut);
        let _ = session().answer(&bytes);
    }
}
