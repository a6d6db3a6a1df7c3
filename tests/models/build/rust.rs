//! Writes the Rust drivers: an `impl Driven` and a test for each model.

use std::fmt::Write as _;

use lightsss_tests_support::description::{Description, Port, Shape};

use crate::model::Build;

/// The modules of all models, and what drives them.
pub fn models(
    built: &[(Build, Description)],
    failed: &[(String, String)],
    version: (u32, u32),
) -> String {
    let (major, minor) = version;
    let names = |wanted: &dyn Fn(&Build) -> bool| -> Vec<String> {
        let builds = built.iter().map(|(build, _)| build);
        builds
            .filter(|build| wanted(build))
            .map(Build::name)
            .collect()
    };
    let plain = names(&|build| !build.with_waves);
    let savable = names(&|build| !build.with_waves && build.design.is_held_by(minor));
    let traced = names(&|build| build.with_waves);
    let mut out = format!(
        "/// The Verilator that the models are of.\n\
         pub const VERILATOR: &str = \"{major}.{minor:03}\";\n\n\
         /// The models that could not be built, and why.\n\
         pub const FAILED: &[(&str, &str)] = &{failed:?};\n\n\
         /// The models that were built, without those with waveforms of everything.\n\
         pub const BUILT: &[&str] = &{plain:?};\n\n"
    );
    for (build, description) in built {
        out.push_str(&model(build, description));
    }
    for (name, of, models) in [
        ("for_each_model", "every model", &plain),
        (
            "for_each_savable_model",
            "every model that can be saved",
            &savable,
        ),
        (
            "for_each_traced_model",
            "every model that can be saved and writes a waveform of everything",
            &traced,
        ),
    ] {
        out.push_str(&calls(name, of, models));
    }
    out
}

/// A macro that calls a macro with each of the names.
fn calls(name: &str, of: &str, models: &[String]) -> String {
    let mut out = format!(
        "/// Calls a macro with the name of {of}.\n#[macro_export]\nmacro_rules! {name} {{\n    \
         ($call:ident) => {{\n"
    );
    for model in models {
        let _ = writeln!(out, "        $call!({model});");
    }
    out + "    };\n}\n"
}

fn model(build: &Build, description: &Description) -> String {
    let name = build.name();
    let design = build.design.name;
    let imports = if description.has_imports {
        "&mut crate::imports::Imports"
    } else {
        ""
    };
    let mut set = String::new();
    let mut clock = String::new();
    let mut record = String::new();
    let mut ports = String::new();
    for port in &description.ports {
        if matches!(port.shape, Shape::Event) {
            let _ = writeln!(
                set,
                "        if inputs.fires() {{ self.fire_{}(); }}",
                port.rust
            );
            continue;
        }
        if port.is_clock() {
            let _ = writeln!(clock, "        self.set_{}(u8::from(level));", port.rust);
        } else if port.is_driven() {
            set.push_str(&setter(port));
        }
        let getter = identifier(&port.rust);
        let _ = writeln!(record, "        self.{getter}().put(record);");
        let _ = writeln!(
            ports,
            "        ({:?}, {}),",
            port.verilog,
            port.shape.bytes()
        );
    }
    let unused = |body: &str, name: &str| {
        if body.is_empty() {
            format!("        let _ = {name};\n")
        } else {
            String::new()
        }
    };
    let traced = description.trace.is_some();
    let (open, dump) = if traced {
        (
            "self.open_trace(path, 0).expect(\"a trace can be opened\");",
            "self.dump_trace(time);",
        )
    } else {
        ("let _ = path;", "let _ = time;")
    };
    let implemented = if description.has_imports {
        format!("crate::imports::implement!({name});\n\n")
    } else {
        String::new()
    };
    format!(
        "lightsss_runtime::model!({name});\n\n{implemented}\
         impl Driven for {name}::Model {{\n    \
         const NAME: &'static str = \"{design}\";\n    \
         const HAS_CLOCK: bool = {has_clock};\n    \
         const TRACED: bool = {traced};\n    \
         const PORTS: &'static [(&'static str, usize)] = &[\n{ports}    ];\n\n    \
         fn make(options: &ContextOptions) -> Result<Self, ModelError> {{\n        \
         Self::new(options)\n    }}\n\n    \
         fn context(&self) -> &Context {{\n        Self::context(self)\n    }}\n\n    \
         fn set_inputs(&mut self, inputs: &mut Inputs) {{\n{unused_inputs}{set}    }}\n\n    \
         fn set_clock(&mut self, level: bool) {{\n{unused_level}{clock}    }}\n\n    \
         fn evaluate(&mut self) -> Result<(), Box<Halt>> {{\n        self.eval({imports})\n    }}\n\n    \
         fn record(&self, record: &mut Vec<u8>) {{\n{unused_record}{record}    }}\n\n    \
         fn start_trace(&mut self, path: &std::path::Path) {{\n        {open}\n    }}\n\n    \
         fn add_to_trace(&mut self, time: u64) {{\n        {dump}\n    }}\n\n    \
         fn end(&mut self) -> Result<(), Box<Halt>> {{\n        self.finish({imports})\n    }}\n\
         }}\n\n",
        has_clock = !clock.is_empty(),
        unused_inputs = unused(&set, "inputs"),
        unused_level = unused(&clock, "level"),
        unused_record = unused(&record, "record"),
    )
}

fn setter(port: &Port) -> String {
    let name = &port.rust;
    let width = port.shape.width();
    let value = if port.verilog == "rst" {
        "u8::from(inputs.resets())".to_owned()
    } else {
        format!("Fill::fill(inputs, {width})")
    };
    match port.shape {
        Shape::Text => format!("        self.set_{name}(&String::fill(inputs, 0));\n"),
        Shape::Array { .. } => format!("        self.set_{name}(&{value});\n"),
        _ => format!("        self.set_{name}({value});\n"),
    }
}

/// As the bindings write it.
fn identifier(name: &str) -> String {
    // Of Rust's keywords those that name ports of the designs.
    match name {
        "match" | "fn" | "async" | "gen" | "type" | "struct" | "impl" | "mod" | "where" | "dyn"
        | "box" => {
            format!("r#{name}")
        }
        _ => name.to_owned(),
    }
}
