//! How often one address may do something: a bucket of tokens each, filled again with time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Above this many addresses, those that have all their tokens again are forgotten.
const MANY: usize = 4_096;
/// More addresses at once than a town has citizens online are a flood: further ones share one bucket.
const MOST: usize = 65_536;

/// Buckets of `per_minute` tokens. Time is the caller's: any clock that does not go back.
#[derive(Debug)]
pub struct Rates {
    per_minute: u32,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Duration,
}

impl Rates {
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute.max(1), buckets: Mutex::default() }
    }

    /// Takes a token of `address`, or says how long to wait for the next one.
    pub fn take(&self, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let full = f64::from(self.per_minute);
        let a_second = full / 60.0;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, bucket| bucket.filled(now, a_second) < full);
        }
        let mut household = household(address);
        if buckets.len() >= MOST && !buckets.contains_key(&household) {
            household = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        }
        let bucket = buckets.entry(household).or_insert(Bucket { tokens: full, at: now });
        let tokens = bucket.filled(now, a_second).min(full);
        if tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - tokens) / a_second));
        }
        *bucket = Bucket { tokens: tokens - 1.0, at: now };
        Ok(())
    }
}

impl Bucket {
    fn filled(&self, now: Duration, a_second: f64) -> f64 {
        self.tokens + now.saturating_sub(self.at).as_secs_f64() * a_second
    }
}

/// A household has a whole /64 of IPv6 addresses to itself (RFC 6177), and one of IPv4.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 64)).into()),
        address => address,
    }
}
