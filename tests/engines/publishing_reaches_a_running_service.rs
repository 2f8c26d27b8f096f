//! What staff publish is in service within seconds, without a restart; what cannot be put in service changes nothing.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::ToSpan;
use standardiste::answers::Index;
use standardiste::app::{self, Publication};
use standardiste::config::Config;
use standardiste::switchboard::Generations;

use crate::cli_answers::copied;
use crate::program::Program;

/// The body of an address of the program's observation server.
fn get(program: &Program, path: &str) -> String {
    let mut stream = TcpStream::connect(program.value("OBSERVE__LISTEN")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[track_caller]
fn wait_for(program: &Program, path: &str, mark: &str) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = get(program, path);
        if answer.contains(mark) {
            return answer;
        }
        assert!(Instant::now() < until, "no « {mark} » in {answer}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn an_import_beside_a_running_service_is_taken_and_a_base_it_cannot_build_is_not() {
    let mut program = Program::new();
    let folder = copied(&program);
    program.set("ANSWERS__FOLDER", &folder);
    let mut service = program.start(&["serve"]);
    service.printed_until("Pour arrêter");
    wait_for(&program, "/metrics", "standardiste_base_generation 1");

    let pacs = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    program.write("reponses/pacs.md", pacs.replace("title = \"", "title = \"Ici : "));
    program.done(&["answers", "import", &folder]);
    wait_for(&program, "/metrics", "standardiste_base_generation 2");

    // The import knows a variable that the service was started without.
    program.set("MAIRIE__FAX", "01 99 00 12 35");
    program.write("reponses/pacs.md", format!("{pacs}\nLe fax est le {{{{mairie.fax}}}}.\n"));
    program.done(&["answers", "import", &folder]);
    let health = wait_for(&program, "/health/ready", "n° 3 n'a pas pu être mise en service");
    assert!(health.starts_with("HTTP/1.1 200") && health.contains("mairie.fax"), "{health}");
    let measured = get(&program, "/metrics");
    assert!(measured.contains("standardiste_base_generation 2"), "{measured}");
    assert!(measured.contains("standardiste_base_failures_total 1"), "{measured}");
    service.hang_up();
    wait_for(&program, "/metrics", "standardiste_base_failures_total 2");

    program.write("reponses/pacs.md", pacs);
    program.done(&["answers", "import", &folder]);
    wait_for(&program, "/metrics", "standardiste_base_generation 4");
    wait_for(&program, "/health/ready", "\"warnings\":[]");
    assert!(service.terminate().success());
}

fn config(program: &Program, folder: &str) -> Config {
    let delivered = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
    let set = |key: &str, value: &str| (format!("STANDARDISTE_{key}").into(), value.into());
    let database = program.path("line.sqlite").display().to_string();
    let ours = [set("STORAGE__DATABASE", &database), set("ANSWERS__FOLDER", folder)];
    Config::load(Some(&delivered), std::env::vars_os().chain(ours)).unwrap()
}

fn answer(index: &Index, entry: &str) -> Option<String> {
    index.topic(entry).map(|topic| topic.answer.clone())
}

#[tokio::test]
async fn a_call_keeps_the_generation_it_began_with_and_the_voice_learns_the_next() {
    let program = Program::bare();
    let folder = copied(&program);
    let pacs = fs::read_to_string(program.path("reponses/pacs.md")).unwrap();
    let config = config(&program, &folder);
    let base = app::base(&config).await.unwrap();
    let generations = Generations::new(base.index.clone());
    let learnt = Arc::new(Mutex::new(Vec::new()));
    let on_new = {
        let learnt = learnt.clone();
        Box::new(move |index: &Index| learnt.lock().unwrap().extend(answer(index, "pacs")))
    };
    let mut publication = Publication::new(config.clone(), &base, generations.clone(), on_new);
    let today = base.edition.day;

    let call = generations.current();
    let first = answer(&call, "pacs").unwrap();
    program.write("reponses/pacs.md", format!("{pacs}\nVenez à deux.\n"));
    app::import(&config, &base.store, Path::new(&folder)).await.unwrap();
    assert_eq!(answer(&generations.current(), "pacs"), Some(first.clone()), "nobody has looked yet");
    publication.look(today, false).await;
    let second = answer(&generations.current(), "pacs").unwrap();
    assert!(second.ends_with("Venez à deux."), "{second}");
    assert_eq!(answer(&call, "pacs"), Some(first), "the call under way keeps its own");
    assert_eq!(*learnt.lock().unwrap(), [second]);

    publication.look(today, false).await;
    assert_eq!(learnt.lock().unwrap().len(), 1, "nothing is built when nothing has changed");
}

#[tokio::test]
async fn an_answer_begins_and_ends_with_its_days_without_a_restart() {
    let program = Program::bare();
    let folder = copied(&program);
    let config = config(&program, &folder);
    let base = app::base(&config).await.unwrap();
    let today = base.edition.day;
    let tomorrow = today.checked_add(1.day()).unwrap();
    let dated = |name: &str, line: String| {
        let path = program.path(&format!("reponses/{name}.md"));
        let text = fs::read_to_string(&path).unwrap();
        let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("valid_from")).collect();
        fs::write(path, without.join("\n").replacen("review =", &format!("{line}\nreview ="), 1)).unwrap();
    };
    dated("pacs", format!("valid_until = {today}"));
    dated("mariage", format!("valid_from = {tomorrow}"));
    app::import(&config, &base.store, Path::new(&folder)).await.unwrap();

    let generations = Generations::new(base.index.clone());
    let mut publication = Publication::new(config, &base, generations.clone(), Box::new(|_| {}));
    let said = || ["pacs", "mariage"].map(|entry| generations.current().topic(entry).is_some());
    publication.look(today, false).await;
    assert_eq!(said(), [true, false]);
    publication.look(tomorrow, false).await;
    assert_eq!(said(), [false, true]);
}
