use std::process::ExitCode;

fn main() -> ExitCode {
    standardiste::cli::main()
}
