//! The types a key may have: how each is read from TOML or from a variable, and named in French.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::paths::Places;
use super::source::Raw;

/// A type that a key may have.
pub trait Value: Sized {
    /// Found values are not repeated in messages.
    const SECRET: bool = false;
    /// In French, after « attendu ».
    fn expected() -> String;
    /// None when the value is of another type.
    fn from_toml(value: &toml::Value) -> Option<Self>;
    /// None when the text does not read as the type.
    fn from_text(text: &str) -> Option<Self>;
    /// As TOML; none for an absent value.
    fn show(&self) -> Option<String>;
    /// Makes what is relative absolute; what cannot be is told, and left as it was.
    fn settle(self, _: &Places, _trouble: &mut Vec<String>) -> Self {
        self
    }

    fn from_raw(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Toml(value) => Self::from_toml(value),
            Raw::Text(text) => Self::from_text(text),
        }
    }
}

/// What was found, in French; a secret by its type alone.
pub(super) fn found(raw: &Raw, secret: bool) -> String {
    let kind = match raw {
        Raw::Text(text) => return if secret { "un texte".into() } else { format!("le texte « {text} »") },
        Raw::Toml(toml::Value::Array(_)) => return "une liste".into(),
        Raw::Toml(toml::Value::Table(_)) => return "une section".into(),
        Raw::Toml(toml::Value::String(_)) => "le texte",
        Raw::Toml(toml::Value::Integer(_) | toml::Value::Float(_)) => "le nombre",
        Raw::Toml(toml::Value::Boolean(_)) => "la valeur",
        Raw::Toml(toml::Value::Datetime(_)) => "la date",
    };
    match raw {
        Raw::Toml(value) if !secret => format!("{kind} {value}"),
        _ => kind.into(),
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn expected() -> String {
                "un nombre entier".into()
            }
            fn from_toml(value: &toml::Value) -> Option<Self> {
                value.as_integer().and_then(|number| number.try_into().ok())
            }
            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}
integers!(u16, u32, u64, usize, i32);

impl Value for f32 {
    fn expected() -> String {
        "un nombre".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        let number = value.as_float().or_else(|| value.as_integer().map(|number| number as f64))?;
        Some(number as f32).filter(|number| number.is_finite())
    }
    fn from_text(text: &str) -> Option<Self> {
        text.trim().replace(',', ".").parse().ok().filter(|number: &f32| number.is_finite())
    }
    fn show(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

impl Value for bool {
    fn expected() -> String {
        "true (oui) ou false (non)".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_bool()
    }
    fn from_text(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "true" | "1" | "oui" => Some(true),
            "false" | "0" | "non" => Some(false),
            _ => None,
        }
    }
    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

fn quoted(text: &str) -> Option<String> {
    Some(toml::Value::String(text.to_owned()).to_string())
}

impl Value for String {
    fn expected() -> String {
        "un texte entre guillemets".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn show(&self) -> Option<String> {
        quoted(self)
    }
}

impl Value for PathBuf {
    fn expected() -> String {
        "un chemin entre guillemets".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_str().and_then(Self::from_text)
    }
    fn from_text(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self::from(text.trim()))
    }
    fn show(&self) -> Option<String> {
        quoted(&self.to_string_lossy())
    }
    fn settle(self, places: &Places, trouble: &mut Vec<String>) -> Self {
        places.resolve(&self).unwrap_or_else(|what| {
            trouble.push(what);
            self
        })
    }
}

macro_rules! parsed {
    ($($type:ty => $expected:literal),*) => {$(
        impl Value for $type {
            fn expected() -> String {
                $expected.into()
            }
            fn from_toml(value: &toml::Value) -> Option<Self> {
                value.as_str().and_then(Self::from_text)
            }
            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
            fn show(&self) -> Option<String> {
                quoted(&self.to_string())
            }
        }
    )*};
}
parsed!(
    SocketAddr => "une adresse IP et un port entre guillemets, par exemple \"127.0.0.1:5060\"",
    IpAddr => "une adresse IP entre guillemets, par exemple \"192.0.2.10\"",
    Network => "une adresse ou un réseau IP entre guillemets, par exemple \"192.0.2.0/24\""
);

/// A set of addresses: one of them, or all that share its first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub struct Network {
    pub address: IpAddr,
    /// Length of the shared beginning, bits.
    pub prefix: u8,
}

impl std::str::FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.parse().map_err(|_| ()))?;
        if prefix > longest { Err(()) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == whole { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.prefix) }
    }
}

/// Text that neither `Debug` nor an error message shows.
#[derive(Clone, PartialEq, Eq, PartialOrd)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Value for Secret {
    const SECRET: bool = true;

    fn expected() -> String {
        String::expected()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        String::from_toml(value).map(Self)
    }
    fn from_text(text: &str) -> Option<Self> {
        String::from_text(text).map(Self)
    }
    fn show(&self) -> Option<String> {
        quoted("…")
    }
}

/// An empty text stands for « none », so that a variable can take a value away.
impl<T: Value> Value for Option<T> {
    const SECRET: bool = T::SECRET;

    fn expected() -> String {
        T::expected()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        if value.as_str() == Some("") { Some(None) } else { T::from_toml(value).map(Some) }
    }
    fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::from_text(text).map(Some) }
    }
    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }
    fn settle(self, places: &Places, trouble: &mut Vec<String>) -> Self {
        self.map(|value| value.settle(places, trouble))
    }
}

/// In a variable, items are separated by commas.
impl<T: Value> Value for Vec<T> {
    const SECRET: bool = T::SECRET;

    fn expected() -> String {
        format!("une liste entre crochets, chaque élément étant {}", T::expected())
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_toml).collect()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(T::from_text).collect()
    }
    fn show(&self) -> Option<String> {
        let items: Vec<String> = self.iter().filter_map(T::show).collect();
        Some(format!("[{}]", items.join(", ")))
    }
    fn settle(self, places: &Places, trouble: &mut Vec<String>) -> Self {
        self.into_iter().map(|item| item.settle(places, trouble)).collect()
    }
}

/// A closed set of words.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Hash)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $crate::config::value::Value for $name {
            fn expected() -> String {
                format!("un de ces mots entre guillemets : {}", [$(concat!("\"", $word, "\"")),*].join(", "))
            }
            fn from_toml(value: &toml::Value) -> Option<Self> {
                value.as_str().and_then(Self::from_text)
            }
            fn from_text(text: &str) -> Option<Self> {
                match text.trim().to_lowercase().as_str() {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
            fn show(&self) -> Option<String> {
                match self { $(Self::$variant => Some(concat!("\"", $word, "\"").into())),* }
            }
        }
    };
}
pub(super) use choice;
