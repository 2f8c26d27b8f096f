//! Passwords tried in vain: after a few, each further try waits longer than the one before.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Tries of one account before the first wait: a person who no longer knows which password it was.
const OF_ACCOUNT: u32 = 5;
/// Tries from one address: a whole town hall may come through one.
const OF_ADDRESS: u32 = 20;
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// CNIL, délibération n° 2022-100, case « restriction d'accès »: a temporisation that grows, up to some time.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Forgotten after this long without a try.
const MEMORY: Duration = Duration::from_secs(3_600);
/// More names and addresses than that at once are an attack: those that wait the least are forgotten first.
const MOST: usize = 10_000;

/// Time is the caller's: any clock that does not go back.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<Key, Tries>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    last: Duration,
    until: Duration,
}

impl Attempts {
    /// Takes a try, or says how long to wait for the next one. It is counted before it is judged, so that many at once
    /// gain nothing. An account that does not exist waits like another: the wait betrays nothing.
    pub fn take(&self, login: &str, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= MOST {
            tries.retain(|_, tries| now < tries.until);
        }
        let keys = keys(login, address);
        let waits = keys.iter().filter_map(|(key, _)| tries.get(key)).map(|tries| tries.until.saturating_sub(now));
        let wait = waits.max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, free) in keys {
            let tries = tries.entry(key).or_insert(Tries { count: 0, last: now, until: Duration::ZERO });
            if now.saturating_sub(tries.last) > MEMORY {
                tries.count = 0;
            }
            tries.count += 1;
            tries.last = now;
            if let Some(beyond) = tries.count.checked_sub(free) {
                tries.until = now + LONGEST_WAIT.min(FIRST_WAIT * 2_u32.saturating_pow(beyond.min(16)));
            }
        }
        Ok(())
    }

    /// The try was good: the account's former ones are forgotten, and this one of the address.
    pub fn forgive(&self, login: &str, address: IpAddr) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [(account, _), (address, _)] = keys(login, address);
        tries.remove(&account);
        if let Some(tries) = tries.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
            tries.until = Duration::ZERO;
        }
    }
}

fn keys(login: &str, address: IpAddr) -> [(Key, u32); 2] {
    // A whole /64 of IPv6 addresses is one household's (RFC 6177).
    let address = match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    };
    [(Key::Account(login.to_lowercase()), OF_ACCOUNT), (Key::Address(address), OF_ADDRESS)]
}
