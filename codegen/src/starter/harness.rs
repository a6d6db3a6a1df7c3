//! The text of `src/main.rs`, written from the description of a model.

use super::roles::Inputs;
use crate::describe::{Description, Port, Shape};
use crate::direction::Direction;
use crate::emit::rust::{import_signature, shape_text};
use crate::emit::template::fill;
use crate::trace::Trace;

const MAIN: &str = include_str!("../../starter/main.txt");

/// What the harness is written for.
#[derive(Debug)]
pub struct Harness<'a> {
    model: &'a Description,
    inputs: Inputs<'a>,
    /// The design is the counter that comes with a new project, whose bug the harness finds.
    counts: bool,
}

impl<'a> Harness<'a> {
    /// A harness for `model`.
    pub fn new(model: &'a Description, counts: bool) -> Self {
        Self {
            model,
            inputs: Inputs::of(model),
            counts,
        }
    }

    fn clocked(&self) -> bool {
        !self.inputs.clocks.is_empty()
    }

    fn timing(&self) -> bool {
        self.model.abilities.timing
    }

    /// The unit of `LAST_CYCLE`.
    pub fn cycle(&self) -> &'static str {
        match (self.clocked(), self.timing()) {
            (true, _) => "clock cycle",
            (false, true) => "event of the design",
            (false, false) => "evaluation",
        }
    }

    /// The same, for several.
    pub fn cycles(&self) -> &'static str {
        match (self.clocked(), self.timing()) {
            (true, _) => "clock cycles",
            (false, true) => "events of the design",
            (false, false) => "evaluations",
        }
    }

    /// How many of them a run that ends well has. Between two edges of a clock, a design with delays may do much by
    /// itself.
    pub fn last(&self) -> &'static str {
        if self.timing() { "20_000" } else { "200_000" }
    }

    /// The one after which a run fails that is to fail.
    fn failing(&self) -> &'static str {
        if self.timing() { "15_000" } else { "150_000" }
    }

    /// The file for waveforms.
    pub fn wave_file(&self) -> &'static str {
        match self.model.abilities.trace {
            Some(Trace::Vcd) => "failure.vcd",
            Some(Trace::Saif) => "failure.saif",
            Some(Trace::Fst) | None => "failure.fst",
        }
    }

    /// The text.
    pub fn text(&self) -> String {
        let traced = self.model.abilities.trace.is_some();
        let open = if traced {
            "Ok(self.dut.open_trace(wave, 0)?)".to_owned()
        } else {
            let reason = "the folder was verilated without `--trace-fst`";
            format!("Err(Failure::new(format!(\"{{}}: {reason}\", wave.display())))")
        };
        let close = if traced {
            "self.dut.close_trace()?;\nOk(())"
        } else {
            "Ok(())"
        };
        fill(
            MAIN,
            &[
                ("name", &*self.model.name),
                ("cycle", self.cycle()),
                ("cycles", self.cycles()),
                ("last", self.last()),
                ("constants", &self.constants()),
                ("fields", &self.fields()),
                ("initial", &self.initial()),
                ("methods", &indented(&self.methods())),
                ("step", &self.step()),
                ("open", &open),
                ("close", close),
                ("imports", &self.imports()),
                ("wave_file", self.wave_file()),
                ("traced", if traced { "true" } else { "false" }),
            ],
        )
    }

    fn constants(&self) -> String {
        let mut lines = Vec::new();
        if !self.inputs.resets.is_empty() {
            lines.push(
                "/// The cycles during which reset is active.\nconst RESET_CYCLES: u64 = 10;"
                    .to_owned(),
            );
        }
        if self.clocked() && self.timing() {
            lines.push(
                "/// Half a clock cycle, in units of the design's time precision.\nconst HALF_CYCLE: u64 = 50;"
                    .to_owned(),
            );
        }
        if !self.counts {
            lines.push(format!(
                "/// The cycle after which a run with `+fail` fails on purpose.\nconst FAILING_CYCLE: u64 = {};",
                self.failing()
            ));
        }
        lines.join("\n")
    }

    fn fields(&self) -> String {
        let name = &self.model.name;
        let mut lines = Vec::new();
        if let Some(reason) = &self.model.unsavable {
            lines.push(format!(
                "/// No snapshot file holds it: {reason}. Slots do.\n#[savable(skip)]"
            ));
        }
        lines.push(format!("dut: {name}::Model,"));
        if !self.model.imports.is_empty() {
            lines.push("imports: Imports,".to_owned());
        }
        lines.push("cycle: u64,".to_owned());
        if !self.counts {
            lines.push(
                "/// The design has called `$finish`, or waits for nothing more.\nfinished: bool,\n\
                 /// `+fail` was given. A restore leaves it as this run's command line says.\n\
                 #[savable(skip)]\nfails: bool,"
                    .to_owned(),
            );
        }
        lines.join("\n")
    }

    fn initial(&self) -> String {
        let mut lines = vec![format!("dut: {}::Model::new(&options)?,", self.model.name)];
        if !self.model.imports.is_empty() {
            lines.push("imports: Imports,".to_owned());
        }
        lines.push("cycle: 0,".to_owned());
        if !self.counts {
            lines.push("finished: false,".to_owned());
            lines.push("fails: args.args.iter().any(|arg| arg == \"+fail\"),".to_owned());
        }
        lines.join("\n")
    }

    fn methods(&self) -> String {
        let mut methods = Vec::new();
        let has_inputs = !self.inputs.resets.is_empty() || !self.inputs.others.is_empty();
        if has_inputs {
            methods.push(self.drive());
        }
        if !self.counts {
            methods.push(self.eval());
        }
        if self.clocked() {
            methods.push(self.half_cycle());
        }
        methods.push(self.check());
        methods.join("\n")
    }

    fn drive(&self) -> String {
        let mut lines = Vec::new();
        for (port, high) in &self.inputs.resets {
            let than = if *high { "<" } else { ">=" };
            lines.push(format!(
                "self.dut.set_{}(u8::from(self.cycle {than} RESET_CYCLES));",
                port.rust
            ));
        }
        lines.extend(self.inputs.others.iter().map(|port| set(port)));
        fill(
            "
/// Sets the inputs of a cycle$others$.
fn drive(&mut self) {
    $lines$
}
",
            &[
                ("lines", &*lines.join("\n")),
                (
                    "others",
                    if self.inputs.others.is_empty() {
                        ""
                    } else {
                        ": this is yours to write"
                    },
                ),
            ],
        )
    }

    /// What `eval` takes.
    fn borrowed(&self) -> &'static str {
        if self.model.imports.is_empty() {
            ""
        } else {
            "&mut self.imports"
        }
    }

    fn eval(&self) -> String {
        let (call, result, good) = if self.timing() && !self.clocked() {
            ("self.next_event()".to_owned(), "bool", "Ok(false)")
        } else {
            (
                format!("self.dut.eval({})", self.borrowed()),
                "()",
                "Ok(())",
            )
        };
        let next_event = if self.timing() && !self.clocked() {
            self.next_event()
        } else {
            String::new()
        };
        format!(
            "{next_event}
/// Evaluates. `$finish` ends the run well; `$stop`, `$error` and `$fatal` fail it.
fn eval(&mut self) -> Result<{result}, Failure> {{
    match {call} {{
        Err(halt) if halt.is_finish() => {{
            self.finished = true;
            {good}
        }}
        other => Ok(other?),
    }}
}}
"
        )
    }

    fn next_event(&self) -> String {
        fill(
            "
/// Moves the time to the design's next event. False when nothing waits for a later time.
fn next_event(&mut self) -> Result<bool, Box<lightsss_runtime::model::Halt>> {
    let more = if self.cycle == 0 {
        self.dut.eval($borrowed$)?;
        true
    } else {
        self.dut.eval_next($borrowed$)?
    };
    $dump$
    Ok(more)
}
",
            &[("borrowed", self.borrowed()), ("dump", self.dump_now())],
        )
    }

    fn dump_now(&self) -> &'static str {
        if self.model.abilities.trace.is_some() {
            "let time = self.dut.context().time();\nself.dut.dump_trace(time);"
        } else {
            ""
        }
    }

    fn half_cycle(&self) -> String {
        let clocks: Vec<String> = self
            .inputs
            .clocks
            .iter()
            .map(|port| format!("self.dut.set_{}(level);", port.rust))
            .collect();
        let time = if self.timing() {
            "HALF_CYCLE * (2 * self.cycle + u64::from(level))"
        } else {
            "2 * self.cycle + u64::from(level)"
        };
        let events = if self.timing() {
            format!(
                "// What the design does by itself up to there.\n\
                 while self.dut.next_time_slot().is_some_and(|next| next < time) {{\n    \
                 self.dut.eval_next({})?;\n    {}\n}}",
                self.borrowed(),
                self.dump_now().replace('\n', "\n    ")
            )
        } else {
            String::new()
        };
        let eval = if self.counts {
            "self.dut.eval()?;"
        } else {
            "self.eval()?;"
        };
        let dump = if self.model.abilities.trace.is_some() {
            "self.dut.dump_trace(time);"
        } else {
            ""
        };
        fill(
            "
/// Sets the clock, evaluates, and adds the signals to the waveform if one is open.
fn half_cycle(&mut self, level: u8) -> Result<(), Failure> {
    let time = $time$;
    $events$
    self.dut.context().set_time(time);
    $clocks$
    $eval$
    $dump$
    Ok(())
}
",
            &[
                ("time", time),
                ("events", &events),
                ("clocks", &clocks.join("\n")),
                ("eval", eval),
                ("dump", dump),
            ],
        )
    }

    fn check(&self) -> String {
        if self.counts {
            return "
/// Says what must hold after a cycle.
fn check(&self) -> Result<(), Failure> {
    let (expected, found) = (self.cycle.saturating_sub(RESET_CYCLES), self.dut.count());
    if u64::from(found) == expected {
        return Ok(());
    }
    Err(Failure::new(format!(\"count: expected {expected}, found {found}\")))
}
"
            .to_owned();
        }
        let outputs: Vec<String> = self
            .model
            .ports
            .iter()
            .filter(|port| port.direction != Some(Direction::In))
            .map(|port| {
                let shape = shape_text(&port.shape).replace("types::", "");
                format!("/// - `{}()`: {shape}", port.rust.ident())
            })
            .collect();
        let outputs = if outputs.is_empty() {
            String::new()
        } else {
            format!(
                " Read the outputs of `self.dut`:\n///\n{}",
                outputs.join("\n")
            )
        };
        format!(
            "
/// Says what must hold after a cycle: this is yours to write.{outputs}
fn check(&self) -> Result<(), Failure> {{
    if self.fails && (self.finished || self.cycle == FAILING_CYCLE) {{
        return Err(Failure::new(\"`+fail` was given\"));
    }}
    Ok(())
}}
"
        )
    }

    fn step(&self) -> String {
        let has_inputs = !self.inputs.resets.is_empty() || !self.inputs.others.is_empty();
        let mut lines = Vec::new();
        if has_inputs {
            lines.push("self.drive();");
        }
        let mut done = "self.finished || self.cycle == LAST_CYCLE";
        if self.clocked() {
            lines.extend(["self.half_cycle(0)?;", "self.half_cycle(1)?;"]);
        } else if self.timing() {
            lines.push("self.finished |= !self.eval()?;");
        } else {
            lines.extend(["self.dut.context().set_time(self.cycle);", "self.eval()?;"]);
            if self.model.abilities.trace.is_some() {
                lines.push("self.dut.dump_trace(self.cycle);");
            }
        }
        if self.counts {
            done = "self.cycle == LAST_CYCLE";
        }
        fill(
            "/// One $cycle$.
fn step(&mut self) -> Result<Step, Failure> {
    $lines$
    self.cycle += 1;
    self.check()?;
    let done = $done$;
    Ok(if done { Step::Done } else { Step::Continue })
}",
            &[
                ("cycle", self.cycle()),
                ("lines", &lines.join("\n")),
                ("done", done),
            ],
        )
    }

    fn imports(&self) -> String {
        if self.model.imports.is_empty() {
            return String::new();
        }
        let name = &self.model.name;
        let functions: Vec<String> = self
            .model
            .imports
            .iter()
            .map(|import| {
                let signature = import_signature(import, "lightsss_runtime::model::");
                let arguments = import.arguments.iter();
                let used: Vec<&str> = arguments.map(|argument| argument.rust.ident()).collect();
                let used = match &used[..] {
                    [] => String::new(),
                    [one] => format!("    let _ = {one};\n"),
                    several => format!("    let _ = ({});\n", several.join(", ")),
                };
                let value = if import.returns.is_some() {
                    "    Default::default()\n"
                } else {
                    ""
                };
                format!("{signature} {{\n{used}{value}}}")
            })
            .collect();
        format!(
            "
/// The functions that the design calls through the DPI: these are yours to write.
#[derive(Savable)]
struct Imports;

impl {name}::Dpi for Imports {{
{}
}}
",
            indented(&functions.join("\n\n"))
        )
    }
}

/// A line that sets an input to 0, or says what it takes.
fn set(port: &Port) -> String {
    let shape = shape_text(&port.shape).replace("[`", "`");
    let zero = match &port.shape {
        Shape::Bits { width, .. } if *width <= 64 => Some("0"),
        Shape::Real => Some("0.0"),
        _ => None,
    };
    match zero {
        Some(zero) => format!("self.dut.set_{}({zero}); // {shape}", port.rust),
        None => format!("// `set_{}` takes {shape}", port.rust),
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("    {line}\n"),
        })
        .collect()
}
