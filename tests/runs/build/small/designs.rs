//! Small designs: some by hand, and as many random ones as are wanted.

use std::fmt::Write as _;

/// A design.
pub struct Design {
    /// The name of its module and of its bindings.
    pub name: String,
    /// What it is, for people.
    pub about: String,
    /// Its source, with `NAME` for its name.
    pub source: String,
    /// Its inputs and their widths, the clocks among them.
    pub inputs: Vec<(String, u32)>,
    /// Its outputs and their widths.
    pub outputs: Vec<(String, u32)>,
    /// Which waveform it writes.
    pub trace: Option<&'static str>,
}

fn design(
    about: &str,
    trace: Option<&'static str>,
    inputs: &[(&str, u32)],
    source: &str,
) -> Design {
    Design {
        name: String::new(),
        about: about.to_owned(),
        source: source.to_owned(),
        inputs: inputs
            .iter()
            .map(|(name, width)| ((*name).to_owned(), *width))
            .collect(),
        outputs: vec![("q".to_owned(), 8)],
        trace,
    }
}

/// Designs of one construct each.
pub fn directed() -> Vec<Design> {
    let ports = [("clk", 1), ("a", 8)];
    let counter = "module NAME(input clk, input [7:0] a, output logic [7:0] q);\n\
                   always_ff @(posedge clk) q <= q + a;\nendmodule\n";
    vec![
        design("a counter, FST", Some("Fst"), &ports, counter),
        design("a counter, VCD", Some("Vcd"), &ports, counter),
        design("a counter, untraced", None, &ports, counter),
        design(
            "combinational only",
            Some("Fst"),
            &[("a", 8), ("b", 8)],
            "module NAME(input [7:0] a, input [7:0] b, output [7:0] q);\nassign q = a * b;\nendmodule\n",
        ),
        design(
            "two clocks",
            Some("Vcd"),
            &[("clk", 1), ("clk2", 1), ("a", 8)],
            "module NAME(input clk, input clk2, input [7:0] a, output logic [7:0] q);\nlogic [7:0] r;\n\
             always_ff @(posedge clk) r <= r + a;\nalways_ff @(negedge clk2) q <= q ^ r;\nendmodule\n",
        ),
        design(
            "a memory",
            Some("Fst"),
            &ports,
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\nlogic [7:0] m[32];\n\
             always_ff @(posedge clk) begin m[a[4:0]] <= m[a[4:0]] + 1; q <= m[q[4:0]]; end\nendmodule\n",
        ),
        design(
            "an instance that is not inlined",
            Some("Fst"),
            &ports,
            "module NAME_sub(input clk, input [7:0] a, output logic [7:0] q);/*verilator no_inline_module*/\n\
             always_ff @(posedge clk) q <= q + a;\nendmodule\n\
             module NAME(input clk, input [7:0] a, output logic [7:0] q);\nNAME_sub u(.*);\nendmodule\n",
        ),
        design(
            "a latch and a real",
            Some("Vcd"),
            &ports,
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\nreal r = 0;\n\
             always_latch if (clk) q = a;\nalways @(posedge clk) r <= r + 0.5;\nendmodule\n",
        ),
        design(
            "an event, a string and a queue",
            Some("Fst"),
            &ports,
            // One of the two events is triggered when it is saved, and must not stay so.
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\nevent e, even, odd; logic k = 0;\n\
             string s; byte f[$]; logic [7:0] n;\n\
             always @(posedge clk) begin k <= ~k; if (k) ->even; else ->odd; end\n\
             assign q = n ^ {even.triggered, odd.triggered, 6'b0};\n\
             always @(posedge clk) begin if (a[0]) ->e; s = $sformatf(\"%x\", a); f.push_back(a);\n\
             if (f.size() > 5) void'(f.pop_front()); end\nalways @(e) n <= n + 8'(f.size()) + s[0];\nendmodule\n",
        ),
        design(
            "random numbers and $display",
            Some("Vcd"),
            &ports,
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\n\
             always @(posedge clk) q <= q + a;\nalways @(posedge clk) if (q == 8'h77) $display(\"%t\", $time);\n\
             initial $timeformat(-9, 2, \" ns\", 10);\nendmodule\n",
        ),
    ]
}

/// Writes a random module.
struct Writer {
    random: fastrand::Rng,
    /// What can be read, and its width.
    names: Vec<(String, u32)>,
}

impl Writer {
    fn width(&mut self) -> u32 {
        match self.random.u32(0..10) {
            0..3 => 1,
            3..7 => self.random.u32(2..=32),
            7..9 => self.random.u32(33..=64),
            _ => self.random.u32(65..=130),
        }
    }

    fn operand(&mut self) -> String {
        if self.names.is_empty() || self.random.u32(0..6) == 0 {
            return format!("32'h{:x}", self.random.u32(..));
        }
        let at = self.random.usize(0..self.names.len());
        let (name, width) = self.names[at].clone();
        if width > 2 && self.random.u32(0..4) == 0 {
            let low = self.random.u32(0..width - 1);
            return format!("{name}[{}:{low}]", self.random.u32(low..width));
        }
        name
    }

    fn expression(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.operand();
        }
        let mut inner = || self.expression(depth - 1);
        let (a, b, c) = (inner(), inner(), inner());
        match self.random.u32(0..9) {
            0 => format!("({a} + {b})"),
            1 => format!("({a} - {b})"),
            2 => format!("({a} ^ {b})"),
            3 => format!("({a} & {b} | {c})"),
            4 => format!("({a} ? {b} : {c})"),
            5 => format!("({a} == {b} ? {c} : {a})"),
            6 => format!("{{{a}, {b}}}"),
            7 => format!("(~{a} >> 3)"),
            _ => format!("($signed({a}) < $signed({b}) ? {b} : {c})"),
        }
    }
}

/// A random design.
pub fn random(seed: u64) -> Design {
    let mut out = Writer {
        random: fastrand::Rng::with_seed(seed),
        names: Vec::new(),
    };
    let clocks: Vec<String> = (0..out.random.u32(1..=2))
        .map(|at| format!("clk{at}"))
        .collect();
    let mut inputs: Vec<(String, u32)> = clocks.iter().map(|name| (name.clone(), 1)).collect();
    for at in 0..out.random.u32(1..4) {
        inputs.push((format!("i{at}"), out.width()));
    }
    let outputs: Vec<(String, u32)> = (0..out.random.u32(1..4))
        .map(|at| (format!("q{at}"), out.width()))
        .collect();
    let mut head: Vec<String> = Vec::new();
    let mut body = String::new();
    for (name, width) in &inputs {
        head.push(format!("input [{}:0] {name}", width - 1));
        if !name.starts_with("clk") {
            out.names.push((name.clone(), *width));
        }
    }
    for (name, width) in &outputs {
        head.push(format!("output logic [{}:0] {name}", width - 1));
    }
    let mut registers = outputs.clone();
    for at in 0..out.random.u32(0..4) {
        let width = out.width();
        let _ = writeln!(body, "logic [{}:0] r{at};", width - 1);
        registers.push((format!("r{at}"), width));
    }
    out.names.extend(registers.clone());
    for at in 0..out.random.u32(0..3) {
        let (width, depth) = (out.width(), out.random.u32(0..2));
        let value = out.expression(depth + 1);
        let _ = writeln!(body, "wire [{}:0] w{at} = {width}'({value});", width - 1);
        out.names.push((format!("w{at}"), width));
    }
    for (name, width) in &registers {
        let (edge, clock) = (
            ["posedge", "posedge", "negedge"][out.random.usize(0..3)],
            &clocks[out.random.usize(0..clocks.len())],
        );
        let depth = out.random.u32(1..3);
        let value = out.expression(depth);
        let condition = match out.random.u32(0..3) {
            0 => format!("if ({}) ", out.expression(1)),
            _ => String::new(),
        };
        let _ = writeln!(
            body,
            "always_ff @({edge} {clock}) {condition}{name} <= {width}'({value});"
        );
    }
    if out.random.u32(0..3) == 0 {
        let (width, value, index) = (out.width(), out.expression(1), out.expression(1));
        let clock = &clocks[0];
        let _ = writeln!(
            body,
            "logic [{}:0] m[16];\nwire [3:0] at = 4'({index});\n\
             always_ff @(posedge {clock}) m[at] <= m[at] ^ {width}'({value});",
            width - 1
        );
    }
    Design {
        name: String::new(),
        about: format!("random, seed {seed}"),
        source: format!("module NAME({});\n{body}endmodule\n", head.join(", ")),
        inputs,
        outputs,
        trace: [Some("Fst"), Some("Fst"), Some("Vcd"), None][out.random.usize(0..4)],
    }
}
