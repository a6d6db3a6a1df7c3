//! The bindings of all designs, behind one trait.

use std::fmt::Write as _;

use super::designs::Design;

/// The modules, what drives them, and a table that makes them.
pub fn models(designs: &[Design]) -> String {
    let mut out = String::new();
    let mut table = format!(
        "/// Every design.\npub static DESIGNS: [Entry; {}] = [\n",
        designs.len()
    );
    for design in designs {
        let name = &design.name;
        let mut set = String::new();
        let mut put = String::new();
        for (at, (port, width)) in design.inputs.iter().enumerate() {
            let value = if port.starts_with("clk") {
                format!("(levels >> {at} & 1) as u8")
            } else {
                value(at, *width)
            };
            let _ = writeln!(set, "        self.set_{port}({value});");
        }
        for (port, _) in &design.outputs {
            let _ = writeln!(
                put,
                "        let _ = writeln!(out, \"{port} {{:x}}\", self.{port}());"
            );
        }
        let (open, dump, close) = match design.trace {
            Some(_) => (
                "self.open_trace(path, 0)",
                "self.dump_trace(time);",
                "self.close_trace()?;",
            ),
            None => ("let _ = path; Ok(())", "let _ = time;", ""),
        };
        let _ = write!(
            out,
            "lightsss_runtime::model!({name});\n\
             impl Small for {name}::Model {{\n    \
             fn set(&mut self, random: u64, levels: u32) {{\n        let _ = (random, levels);\n{set}    }}\n    \
             fn put(&self, out: &mut String) {{\n{put}    }}\n    \
             fn evaluate(&mut self) -> Result<(), Box<Halt>> {{ self.eval() }}\n    \
             fn context(&self) -> &Context {{ Self::context(self) }}\n    \
             fn start_trace(&mut self, path: &Path) -> Result<(), ModelError> {{ {open} }}\n    \
             fn add_to_trace(&mut self, time: u64) {{ {dump} }}\n    \
             fn end_trace(&mut self) -> Result<(), ModelError> {{ {close} Ok(()) }}\n    \
             fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {{ Savable::save(self, out) }}\n    \
             fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {{ \
             Savable::restore(self, input) }}\n}}\n"
        );
        let _ = writeln!(
            table,
            "    Entry {{ about: {:?}, source: {:?}, traced: {:?}, make: || Ok(Box::new({name}::Model::new(&OPTIONS)?)), \
             check: <{name}::Model as Savable>::check }},",
            design.about,
            design.source.replace("NAME", name),
            design.trace.map(str::to_lowercase),
        );
    }
    out + &table + "];\n"
}

/// An input's value of each cycle.
fn value(at: usize, width: u32) -> String {
    let random = format!("random.rotate_left({})", at * 13);
    match width {
        1..=8 => format!("{random} as u8 & {:#x}", 0xff_u64 >> (8 - width)),
        9..=16 => format!("{random} as u16 & {:#x}", 0xffff_u64 >> (16 - width)),
        17..=32 => format!("{random} as u32 & {:#x}", 0xffff_ffff_u64 >> (32 - width)),
        33..=64 => format!("{random} & {:#x}", u64::MAX >> (64 - width)),
        _ => format!("{random}.into()"),
    }
}
