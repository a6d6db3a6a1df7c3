//! Designs of one construct each, written by hand.

use crate::design::Design;

fn design(about: &str, trace: Option<&'static str>, source: &str) -> Design {
    Design {
        about: about.to_owned(),
        source: source.to_owned(),
        trace,
        ..Design::default()
    }
}

/// Designs of one construct each.
pub fn directed() -> Vec<Design> {
    let counter = "module NAME(input clk, input [7:0] a, output logic [7:0] q);\n\
                   always_ff @(posedge clk) q <= q + a;\nendmodule\n";
    vec![
        design("a counter, FST", Some("Fst"), counter),
        design("a counter, VCD", Some("Vcd"), counter),
        design("a counter, untraced", None, counter),
        design(
            "combinational only",
            Some("Fst"),
            "module NAME(input [7:0] a, input [7:0] b, output [7:0] q);\nassign q = a * b;\nendmodule\n",
        ),
        design(
            "two clocks",
            Some("Vcd"),
            "module NAME(input clk, input clk2, input [7:0] a, output logic [7:0] q);\nlogic [7:0] r;\n\
             always_ff @(posedge clk) r <= r + a;\nalways_ff @(negedge clk2) q <= q ^ r;\nendmodule\n",
        ),
        design(
            "a memory",
            Some("Fst"),
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\nlogic [7:0] m[32];\n\
             always_ff @(posedge clk) begin m[a[4:0]] <= m[a[4:0]] + 1; q <= m[q[4:0]]; end\nendmodule\n",
        ),
        design(
            "an instance that is not inlined",
            Some("Fst"),
            "module NAME_sub(input clk, input [7:0] a, output logic [7:0] q);/*verilator no_inline_module*/\n\
             always_ff @(posedge clk) q <= q + a;\nendmodule\n\
             module NAME(input clk, input [7:0] a, output logic [7:0] q);\nNAME_sub u(.*);\nendmodule\n",
        ),
        design(
            "a latch and a real",
            Some("Vcd"),
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\nreal r = 0;\n\
             always_latch if (clk) q = a;\nalways @(posedge clk) r <= r + 0.5;\nendmodule\n",
        ),
        design(
            "an event, a string and a queue",
            Some("Fst"),
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
            "module NAME(input clk, input [7:0] a, output logic [7:0] q);\n\
             always @(posedge clk) q <= q + a;\nalways @(posedge clk) if (q == 8'h77) $display(\"%t\", $time);\n\
             initial $timeformat(-9, 2, \" ns\", 10);\nendmodule\n",
        ),
    ]
}
