//! `espeak-rs-sys` compiles espeak-ng against the system's libsonic but leaves the link to us.

fn main() {
    println!("cargo:rustc-link-lib=sonic");
    println!("cargo:rerun-if-changed=build.rs");
    // `sqlx::migrate!` embeds the folder but cannot see a file added to it.
    println!("cargo:rerun-if-changed=migrations");
}
