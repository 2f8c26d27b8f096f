//! The configuration: one commented TOML file, environment variables above it, unknown keys refused.
//!
//! Each concern declares its keys once, with [`schema::section!`]: the struct, the default, the range and the line
//! in `docs/configuration.md` come from that declaration. A value is taken, in this order, from the variable
//! `STANDARDISTE_SECTION__KEY`, from the file, from the default. Everything wrong is gathered into one
//! [`ConfigError`], in French, so that an administrator mends the whole file at once.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

mod answers;
mod calls;
mod console;
mod decision;
mod dialogue;
mod handover;
mod hearing;
mod hours;
mod keep;
mod media;
mod observe;
mod paths;
mod problem;
mod schema;
mod secret;
mod sip;
mod source;
mod speaking;
mod storage;
mod town;
mod turn;
mod value;
mod web;

pub use answers::Answers;
pub use calls::Calls;
pub use console::Console;
pub use decision::Decision;
pub use dialogue::Dialogue;
pub use handover::{Bridge, Destination, Handover};
pub use hearing::Hearing;
pub use hours::{Exception, Hours, PublicHolidays, Week, Weekday};
pub use keep::Keep;
pub use media::{Codec, Media};
pub use observe::{LogFormat, Observe};
pub use paths::Paths;
pub use problem::{ConfigError, Origin, Problem};
pub use schema::Key;
pub use sip::{Register, Sip};
pub use source::variable;
pub use speaking::Speaking;
pub use storage::Storage;
pub use town::Town;
pub use turn::Turn;
pub use value::{Network, Secret};
pub use web::{Turn as WebTurn, Web};

use paths::Places;
use schema::{Reader, Section};
use source::{Source, variable_of};

/// Where the file is looked for when nobody says: beside the program's working folder, then the system's.
pub const USUAL_PLACES: [&str; 2] = ["config/standardiste.toml", "/etc/standardiste/standardiste.toml"];

/// Everything an administrator can set, read and checked. Paths are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The file it was read from.
    pub file: PathBuf,
    /// What works but should be mended, in French.
    pub warnings: Vec<String>,
    pub mairie: Town,
    pub sip: Sip,
    pub register: Register,
    pub media: Media,
    pub calls: Calls,
    pub hearing: Hearing,
    pub turn: Turn,
    pub speaking: Speaking,
    pub dialogue: Dialogue,
    pub decision: Decision,
    pub answers: Answers,
    pub hours: Hours,
    pub week: Vec<Week>,
    pub exceptions: Vec<Exception>,
    pub handover: Handover,
    pub destinations: Vec<Destination>,
    pub web: Web,
    pub web_turn: WebTurn,
    pub console: Console,
    pub keep: Keep,
    pub storage: Storage,
    pub observe: Observe,
    /// The cache folder, resolved.
    pub cache: PathBuf,
}

impl Config {
    /// Reads the file named, or else the one that `STANDARDISTE_CONFIG` names, or else the first of [`USUAL_PLACES`],
    /// and lays `environment` over it (`std::env::vars_os()` in the program).
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let environment: Vec<(OsString, OsString)> = environment.into_iter().collect();
        let named =
            file.map(Path::to_owned).or_else(|| variable_of(&environment, "STANDARDISTE_CONFIG").map(PathBuf::from));
        let places = named.map_or_else(|| USUAL_PLACES.iter().map(PathBuf::from).collect(), |path| vec![path]);
        let Some(path) = places.iter().find(|path| path.is_file()) else {
            return Err(ConfigError::NotFound(places));
        };
        let bytes = fs::read(path).map_err(|error| ConfigError::Unreadable { path: path.clone(), error })?;
        Self::read(path, &bytes, &environment)
    }

    fn read(path: &Path, bytes: &[u8], environment: &[(OsString, OsString)]) -> Result<Self, ConfigError> {
        let mut source = Source::parse(path, bytes).map_err(ConfigError::Problems)?;
        let problems = source.overlay(environment);
        let base = path.parent().unwrap_or(Path::new(""));
        let mut reader = Reader::new(source, Places::new(base, environment), problems);

        let given = variable_of(environment, "STANDARDISTE_CACHE").is_some();
        if let Some(cache) = reader.section::<Paths>().cache.filter(|_| !given) {
            reader.places_mut().cache = cache;
        }
        let mut config = Self {
            file: path.to_owned(),
            warnings: Vec::new(),
            mairie: reader.town(),
            sip: reader.section(),
            register: reader.section(),
            media: reader.section(),
            calls: reader.section(),
            hearing: reader.section(),
            turn: reader.section(),
            speaking: reader.section(),
            dialogue: reader.section(),
            decision: reader.section(),
            answers: reader.section(),
            hours: reader.section(),
            week: reader.list(),
            exceptions: reader.list(),
            handover: reader.section(),
            destinations: reader.list(),
            web: reader.section(),
            web_turn: reader.section(),
            console: reader.section(),
            keep: reader.section(),
            storage: reader.section(),
            observe: reader.section(),
            cache: reader.places().cache.clone(),
        };
        config.warnings = secret::fill(
            &mut config.register.password,
            config.register.password_file.as_deref(),
            &mut reader.table("sip.register"),
            &secret::PASSWORD,
        );
        config.warnings.extend(secret::fill(
            &mut config.web_turn.secret,
            config.web_turn.secret_file.as_deref(),
            &mut reader.table("web.turn"),
            &secret::TURN,
        ));
        web::check(&config.web, &config.calls, &config.media, &mut reader);
        reader.refuse_the_rest(&keys());
        let problems = reader.into_problems();
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Problems(problems)) }
    }
}

/// Every key there is, in the reference's order; `[mairie]` takes others besides.
pub fn keys() -> Vec<Key> {
    fn of<S: Section>() -> Vec<Key> {
        S::keys(S::NAME)
    }
    let destinations = Destination::keys("handover.destination.*");
    [
        town::keys(),
        of::<Sip>(),
        of::<Register>(),
        of::<Media>(),
        of::<Calls>(),
        of::<Hearing>(),
        of::<Turn>(),
        of::<Speaking>(),
        of::<Dialogue>(),
        of::<Decision>(),
        of::<Answers>(),
        of::<Hours>(),
        Week::keys("hours.week.*"),
        Exception::keys("hours.exception.*"),
        of::<Handover>(),
        destinations,
        of::<Web>(),
        of::<WebTurn>(),
        of::<Console>(),
        of::<Keep>(),
        of::<Storage>(),
        of::<Observe>(),
        of::<Paths>(),
    ]
    .concat()
}
