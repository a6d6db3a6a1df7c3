//! The bindings of all designs, behind one trait.

use std::fmt::Write as _;

use lightsss_tests_support::description::{Description, Port, Shape};

use crate::Refused;
use crate::design::Design;

/// The modules, what drives them, and tables of what was built and of what was not.
pub fn models(built: &[(Design, Description)], refused: &[Refused]) -> String {
    let mut out = String::new();
    let mut table = format!(
        "/// Every design that was built.\npub static DESIGNS: [Entry; {}] = [\n",
        built.len()
    );
    for (design, model) in built {
        out.push_str(&one(design, model));
        let name = &design.name;
        let check = if model.savable {
            format!("Some(<{name}::Model as Savable>::check)")
        } else {
            "None".to_owned()
        };
        let ports: Vec<_> = model
            .ports
            .iter()
            .map(|port| (&port.verilog, port.shape.bytes()))
            .collect();
        let _ = writeln!(
            table,
            "    Entry {{ name: {name:?}, about: {:?}, source: {:?}, traced: {:?}, ports: &{ports:?}, exports: {}, \
             make: || Ok(Box::new({name}::Model::new(&options())?)), check: {check} }},",
            design.about,
            design.source.replace("NAME", name),
            design.trace.map(str::to_lowercase),
            design.exports.len(),
        );
    }
    let refused: Vec<_> = refused
        .iter()
        .map(|one| (&one.about, one.by_verilator, &one.text))
        .collect();
    format!(
        "{out}{table}];\n\n/// What was not built: the design, whether Verilator or its compiler refused it, and why.\n\
         pub static REFUSED: &[(&str, bool, &str)] = &{refused:?};\n"
    )
}

fn one(design: &Design, model: &Description) -> String {
    let name = &design.name;
    let (mut set, mut put, mut structs) = (String::new(), String::new(), String::new());
    for port in &model.ports {
        structures(name, &port.shape, &mut structs);
        if port.verilog == "clk" {
            let _ = writeln!(set, "        self.set_{}(level);", port.rust);
        } else if port.verilog == "clk2" {
            let _ = writeln!(set, "        self.set_{}(slow);", port.rust);
        } else if port.is_driven() {
            let _ = writeln!(set, "        if level == 0 {{ {} }}", setter(port));
        }
        let _ = writeln!(put, "        self.{}().put(out);", identifier(&port.rust));
    }
    let dpi = if design.imports.is_empty() {
        ""
    } else {
        "&mut Imports"
    };
    let mut calls = String::new();
    for export in &design.exports {
        let given = if dpi.is_empty() {
            String::new()
        } else {
            format!("{dpi}, ")
        };
        let _ = writeln!(
            calls,
            "        let (a, b) = (inputs.next() as i32, inputs.next() as i64);\n        \
             (self.{}({given}a, b)? as u32).put(out);",
            export.0.replace("NAME", name)
        );
    }
    let mut imports = String::new();
    if !design.imports.is_empty() {
        let methods: String = design
            .imports
            .iter()
            .map(|import| import.rust().replace("NAME", name))
            .collect();
        imports = format!("impl {name}::Dpi for Imports {{\n{methods}}}\n");
    }
    let (open, dump, close) = match design.trace {
        Some(_) => (
            "self.open_trace(path, 0)",
            "self.dump_trace(time);",
            "self.close_trace()?;",
        ),
        None => ("let _ = path; Ok(())", "let _ = time;", ""),
    };
    let (save, restore) = if model.savable {
        ("Savable::save(self, out)", "Savable::restore(self, input)")
    } else {
        ("{ let _ = out; Ok(()) }", "{ let _ = input; Ok(()) }")
    };
    format!(
        "lightsss_runtime::model!({name});\n{imports}{structs}\
         impl Dut for {name}::Model {{\n    \
         fn set(&mut self, inputs: &mut Inputs, level: u8, slow: u8) {{\n        let _ = (&inputs, level, slow);\n{set}    }}\n    \
         fn put(&self, out: &mut Vec<u8>) {{\n        let _ = &out;\n{put}    }}\n    \
         fn call(&mut self, inputs: &mut Inputs, out: &mut Vec<u8>) -> Result<(), Box<Halt>> {{\n        \
         let _ = (&inputs, &out);\n{calls}        Ok(())\n    }}\n    \
         fn evaluate(&mut self) -> Result<(), Box<Halt>> {{ self.eval({dpi}) }}\n    \
         fn end(&mut self) -> Result<(), Box<Halt>> {{ self.finish({dpi}) }}\n    \
         fn context(&self) -> &Context {{ Self::context(self) }}\n    \
         fn start_trace(&mut self, path: &Path) -> Result<(), ModelError> {{ {open} }}\n    \
         fn add_to_trace(&mut self, time: u64) {{ {dump} }}\n    \
         fn end_trace(&mut self) -> Result<(), ModelError> {{ {close} Ok(()) }}\n    \
         fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {{ {save} }}\n    \
         fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {{ {restore} }}\n}}\n"
    )
}

/// `Fill` and `Put` of the structures in a shape.
fn structures(name: &str, shape: &Shape, out: &mut String) {
    match shape {
        Shape::Array { element, .. } => structures(name, element, out),
        Shape::Struct(found) => {
            let (mut fill, mut put) = (String::new(), String::new());
            for (member, shape) in &found.members {
                structures(name, shape, out);
                let member = identifier(member);
                let _ = write!(fill, "{member}: Fill::fill(inputs, {}), ", shape.width());
                let _ = write!(put, "self.{member}.put(record); ");
            }
            let ty = format!("{name}::types::{}", identifier(&found.name));
            if let (true, Some((member, shape))) = (found.union, found.members.first()) {
                let width = shape.width();
                let _ = write!(
                    out,
                    "impl Fill for {ty} {{\n    fn fill(inputs: &mut Inputs, _: u32) -> Self {{ let mut all = Self::default(); \
                     all.set_{member}(Fill::fill(inputs, {width})); all }}\n}}\n\
                     impl Put for {ty} {{\n    fn put(&self, record: &mut Vec<u8>) {{ self.r#{member}().put(record); }}\n}}\n"
                );
                return;
            }
            let _ = write!(
                out,
                "impl Fill for {ty} {{\n    fn fill(inputs: &mut Inputs, _: u32) -> Self {{ Self {{ {fill}}} }}\n}}\n\
                 impl Put for {ty} {{\n    fn put(&self, record: &mut Vec<u8>) {{ {put}}}\n}}\n"
            );
        }
        _ => {}
    }
}

fn setter(port: &Port) -> String {
    let (name, width) = (&port.rust, port.shape.width());
    match port.shape {
        Shape::Text => format!("self.set_{name}(&String::fill(inputs, 0));"),
        Shape::Array { .. } | Shape::Struct(_) => {
            format!("self.set_{name}(&Fill::fill(inputs, {width}));")
        }
        _ => format!("self.set_{name}(Fill::fill(inputs, {width}));"),
    }
}

/// As the bindings write it: raw, which any identifier may be but for those that the bindings never have.
fn identifier(name: &str) -> String {
    format!("r#{name}")
}
