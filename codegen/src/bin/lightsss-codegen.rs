//! The command `lightsss-codegen`: bindings outside of cargo, and descriptions of what Verilator
//! wrote.

#![allow(clippy::doc_markdown, reason = "clap prints these as plain text")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use lightsss_codegen::{Error, Made, Model, Options, Report, Starter, Written};

/// Rust bindings for models that Verilator made.
#[derive(Debug, Parser)]
#[command(name = "lightsss-codegen", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the model is refused: by Verilator, by the C++ compiler, or because it cannot be bound
  2  the arguments are wrong
  3  Verilator or the C++ compiler is missing or unusable
  4  a file or folder could not be read or written";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a new project: a harness for a design, with a build script and tests.
    ///
    /// Without a source the project gets a counter to begin with. For a design of yours the harness is written from its
    /// ports: clocks and resets are found by their names, and the other inputs are yours to set. The options are those
    /// of the build script, which stand in the new build.rs.
    #[command(after_help = EXIT_CODES)]
    New(Box<New>),
    /// Write bindings of a model, and the C++ that they call.
    ///
    /// From Verilog sources, with Verilator, or from a folder that Verilator wrote (--obj-dir).
    ///
    /// Writes NAME.rs into the folder --out, and into NAME/shim the model's C interface in C++. The
    /// bindings belong into a module of a crate that depends on lightsss-runtime; it is imported
    /// there as `__lightsss`, as `lightsss_runtime::model!` does it.
    ///
    /// With --compile the model, the shim and Verilator's runtime are compiled and archived too;
    /// the last lines name what to link, in its order. Otherwise these are to be compiled with
    /// -std=c++17 or newer: the model's sources (`describe` lists them) and NAME_shim.cpp, each with
    /// -include lightsss_forced.h; lightsss_verilated.cpp, lightsss_outside.cpp,
    /// lightsss_arrays.cpp and lightsss_context.cpp without it; and Verilator's runtime with -include lightsss_print.h and the macros that --compile uses.
    #[command(after_help = EXIT_CODES)]
    Bindings(Box<Bindings>),
    /// Write what a harness in C++ needs to save and restore a model that it owns.
    ///
    /// Reads a folder that Verilator wrote with --savable, and writes into it (or into --out) the header
    /// CLASS_lightsss.h, which the harness includes, and CLASS_lightsss.cpp, to be compiled with the model: name it as
    /// a source when you run Verilator, with -CFLAGS "-include lightsss_supplied.h". The program is linked with
    /// lightsss-capi.
    #[command(after_help = EXIT_CODES)]
    Cpp(Cpp),
    /// Say what is in a folder that Verilator wrote.
    ///
    /// Ports with kinds and widths, public variables and parameters, capabilities, version, DPI
    /// functions, serialize operators, what a snapshot would not hold, files.
    #[command(after_help = EXIT_CODES)]
    Describe(Describe),
    /// Print completions for a shell.
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write man pages, one for each command, into a folder.
    Man {
        /// The folder to write to
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
struct New {
    /// The name of the package
    name: String,

    /// The folder to write to; by default one with the package's name
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,

    /// A Verilog source, as SOURCE. May be repeated
    #[arg(long = "from", value_name = "SOURCE")]
    from: Vec<PathBuf>,

    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Bindings {
    /// The name of the bindings' module; by default that of the folder's class without V, or of the
    /// first source
    #[arg(long)]
    name: Option<String>,

    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Compile and archive too
    #[arg(long)]
    compile: bool,

    /// Lay out the bindings with rustfmt
    #[arg(long)]
    pretty: bool,

    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Cpp {
    #[command(flatten)]
    folder: Folder,

    /// The folder to write to; by default the one that Verilator wrote
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Let a snapshot be without what `describe` says that it does not hold
    #[arg(long)]
    incomplete_snapshots: bool,
}

/// A folder that Verilator wrote.
#[derive(Debug, Args)]
struct Folder {
    /// The model's name; by default that of the folder's class without V
    #[arg(long)]
    name: Option<String>,

    /// The folder that Verilator wrote (its --Mdir)
    #[arg(long, value_name = "DIR")]
    obj_dir: PathBuf,

    /// Verilator's root; by default the one that the folder's makefile names [env: VERILATOR_ROOT]
    #[arg(long, value_name = "DIR")]
    verilator_root: Option<PathBuf>,

    /// The C++ class, where the folder holds several models
    #[arg(long, value_name = "CLASS")]
    prefix: Option<String>,
}

impl Folder {
    /// The model's name, and the options that name the folder.
    fn options(&self) -> (String, Options) {
        let mut options = Options::default();
        options.obj_dir = Some(self.obj_dir.clone());
        options.verilator_root.clone_from(&self.verilator_root);
        options.prefix.clone_from(&self.prefix);
        let name = self.name.clone();
        (name.unwrap_or_else(|| default_name(&options)), options)
    }
}

#[derive(Debug, Args)]
struct Describe {
    #[command(flatten)]
    folder: Folder,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::New(arguments) => new(*arguments),
        Command::Bindings(arguments) => bindings(*arguments),
        Command::Cpp(arguments) => cpp(&arguments),
        Command::Describe(arguments) => describe(&arguments),
        Command::Completions { shell } => completions(shell),
        Command::Man { folder } => man(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// The name of a model that was given none.
fn default_name(options: &Options) -> String {
    let stem = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let class = options.prefix.clone().or_else(|| {
        let folder = options.obj_dir.as_ref()?;
        let report = Report::from_options("model", options).ok();
        report.map(|report| report.class).or_else(|| stem(folder))
    });
    let name = match class {
        Some(class) => class.strip_prefix('V').map(str::to_owned).unwrap_or(class),
        None => options
            .top
            .clone()
            .or_else(|| stem(options.sources.first()?))
            .unwrap_or_default(),
    };
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn new(arguments: New) -> Result<(), Error> {
    let mut options = arguments.options;
    options.sources.extend(arguments.from);
    let folder = arguments
        .path
        .unwrap_or_else(|| PathBuf::from(&arguments.name));
    let project = Starter::new(&arguments.name, options).write(&folder)?;
    let list = |names: &[String]| match names {
        [] => "none found by its name".to_owned(),
        names => names.join(", "),
    };
    println!("project {}", project.folder.display());
    println!("clocks  {}", list(&project.clocks));
    println!("resets  {}", list(&project.resets));
    if let Some(reason) = &project.unsavable {
        println!("no snapshot file holds the model: {reason}; its slots do");
    }
    println!("next    cd {} && cargo run -- +fail", folder.display());
    Ok(())
}

fn bindings(arguments: Bindings) -> Result<(), Error> {
    let name = arguments
        .name
        .unwrap_or_else(|| default_name(&arguments.options));
    let model = Model::with_options(name, arguments.options);
    let (written, libraries) = if arguments.compile {
        let made = model.build_in(&arguments.out)?;
        let libraries = libraries(&made);
        (made.written, libraries)
    } else {
        (model.write_in(&arguments.out)?, String::new())
    };
    if arguments.pretty {
        lay_out(&written.bindings)?;
    }
    print_written(&written);
    print!("{libraries}");
    Ok(())
}

/// Replaces bindings by what rustfmt makes of them.
fn lay_out(bindings: &Path) -> Result<(), Error> {
    let io = |action| {
        move |source| Error::Io {
            action,
            path: bindings.to_owned(),
            source,
        }
    };
    let text = std::fs::read_to_string(bindings).map_err(io("read"))?;
    std::fs::write(bindings, lightsss_codegen::pretty(&text)?).map_err(io("write"))
}

fn print_written(written: &Written) {
    for line in written.messages.lines() {
        eprintln!("{line}");
    }
    for warning in &written.warnings {
        eprintln!("warning: {warning}");
    }
    println!("bindings {}", written.bindings.display());
    println!("shim {}", written.shim.display());
}

/// A line for each library to link, in its order.
fn libraries(made: &Made) -> String {
    let own = made.libraries.iter();
    let own = own.map(|one| format!("library {}/lib{}.a\n", one.folder.display(), one.name));
    let system = made.system_libraries.iter();
    own.chain(system.map(|library| format!("system-library {library}\n")))
        .collect()
}

fn cpp(arguments: &Cpp) -> Result<(), Error> {
    let (name, mut options) = arguments.folder.options();
    options.incomplete_snapshots = arguments.incomplete_snapshots;
    let out = arguments.out.as_ref().unwrap_or(&arguments.folder.obj_dir);
    let written = Model::with_options(name, options).write_cpp_in(out)?;
    for warning in &written.warnings {
        eprintln!("warning: {warning}");
    }
    println!("header {}", written.header.display());
    println!("source {}", written.source.display());
    Ok(())
}

fn completions(shell: Shell) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "lightsss-codegen",
        &mut script,
    );
    std::io::stdout()
        .write_all(&script)
        .map_err(|source| Error::Io {
            action: "write to",
            path: "standard output".into(),
            source,
        })
}

fn man(folder: &Path) -> Result<(), Error> {
    let io = |source| Error::Io {
        action: "write man pages into",
        path: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(io)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(io)
}

fn describe(arguments: &Describe) -> Result<(), Error> {
    let (name, options) = arguments.folder.options();
    let report = Report::from_options(&name, &options)?;
    match arguments.format {
        Format::Text => print!("{report}"),
        Format::Json => match serde_json::to_string_pretty(&report) {
            Ok(text) => println!("{text}"),
            Err(error) => unreachable!("a report has string keys only: {error}"),
        },
    }
    Ok(())
}
