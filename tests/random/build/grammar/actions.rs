//! Events, forced values, random numbers, what is printed, assertions, handles of classes.

use super::writer::Writer;

/// Named events, and whether one is triggered.
pub fn events(out: &mut Writer) {
    let (ping, pong, edge) = (out.fresh("ping"), out.fresh("pong"), out.edge());
    let (a, b) = (out.condition(), out.condition());
    let (count, seen) = (out.fresh("count"), out.fresh("seen"));
    out.line(&format!(
        "event {ping}, {pong};\nlogic [7:0] {count} = 0; logic [1:0] {seen};"
    ));
    out.line(&format!(
        "always @({edge}) begin if ({a}) ->{ping}; if ({b}) ->{pong}; end\n\
         always @({ping}) {count} = {count} + 1;\nalways @({pong}) {count} = {count} ^ 8'h15;\n\
         always @({edge}) {seen} <= {{{ping}.triggered, {pong}.triggered}};"
    ));
    out.readable(&count, 8, true);
    out.readable(&seen, 2, true);
}

/// Forced and released nets, variables, bits, and members of structures.
pub fn forces(out: &mut Writer) {
    let (variable, net, partly, pair) = (
        out.plain("v"),
        out.plain("n"),
        out.plain("p"),
        out.plain("pair"),
    );
    let (value, edge, selector) = (out.bits(8), out.edge(), out.bits(4));
    out.line(&format!(
        "logic [7:0] {variable}; wire [7:0] {net} = {variable} ^ 8'h5a; logic [11:0] {partly};\n\
         struct packed {{ logic [7:0] high; logic [7:0] low; }} {pair};\n\
         always @({edge}) begin {variable} <= {variable} + {value}; {partly} <= {{{value}, 4'h3}}; {pair}.high <= {value}; {pair}.low <= {pair}.high; end"
    ));
    let mut cases = Vec::new();
    let targets = [
        (net.clone(), net.clone(), "8'h11".to_owned()),
        (variable.clone(), variable.clone(), "8'h22".to_owned()),
        (format!("{partly}[6:3]"), partly.clone(), "4'h9".to_owned()),
        (
            format!("{pair}.high"),
            format!("{pair}.high"),
            variable.clone(),
        ),
    ];
    for (at, (target, released, value)) in targets.iter().enumerate() {
        if out.chance(2) {
            cases.push(format!(
                "if ({selector} == {}) force {target} = {value};",
                2 * at
            ));
            cases.push(format!(
                "if ({selector} == {}) release {released};",
                2 * at + 1
            ));
        }
    }
    if !cases.is_empty() {
        out.line(&format!(
            "always @({edge}) begin\n{}\nend",
            cases.join("\n")
        ));
    }
    out.readable(&net, 8, false);
    out.readable(&partly, 12, false);
    out.readable(&pair, 16, false);
}

/// Random numbers of the design's own seed, and of the context's where a snapshot holds it.
pub fn randoms(out: &mut Writer) {
    let (seed, edge, condition) = (out.fresh("seed"), out.edge(), out.condition());
    let drawn = out.register(32);
    out.line(&format!(
        "integer {seed} = 7; always @({edge}) if ({condition}) {drawn} <= $random({seed});"
    ));
    if out.minor >= 30 {
        let (a, b, width) = (out.register(32), out.register(4), out.width());
        let wide = out.register(width);
        out.line(&format!(
            "always @({edge}) begin {a} <= $urandom; {b} <= 4'($urandom_range(13, 2)); if ({condition}) {wide} <= {width}'($random); end"
        ));
    }
}

/// What is printed.
pub fn prints(out: &mut Writer) {
    let (condition, value, edge, width) =
        (out.condition(), out.expression(1), out.edge(), out.width());
    let bits = out.bits(width);
    let call = match out.random.u32(0..4) {
        0 => format!("$display(\"%0d %h %b\", {value}, {bits}, {condition});"),
        1 => format!("$write(\"%x;\", {bits}); if ({condition}) $display(\"\");"),
        2 => format!("$display(\"%t %m %s\", $time, {condition} ? \"yes\" : \"no\");"),
        _ => format!(
            "begin automatic int i = 0; for (i = 0; i < 3; i++) if (i == 1) continue; else $display(\"%0d\", i); end"
        ),
    };
    out.line(&format!(
        "always @({edge}) if ({condition}) begin {call} end"
    ));
    if out.chance(3) {
        out.line(&format!(
            "initial $timeformat(-9, 2, \" ns\", 10);\nfinal $display(\"end %0d\", {bits});"
        ));
    }
}

/// What is printed late: when something changes, and when a time step ends.
pub fn monitors(out: &mut Writer) {
    let (condition, edge, width) = (out.condition(), out.edge(), out.width());
    let value = out.register(width);
    let bits = out.bits(width);
    out.line(&format!("always @({edge}) {value} <= {bits};"));
    match out.random.u32(0..3) {
        0 => out.line(&format!("initial $monitor(\"%h\", {value});")),
        1 => out.line(&format!("always @({edge}) if ({condition}) $strobe(\"%h\", {value});")),
        _ => out.line(&format!(
            "initial $monitor(\"m %h\", {value});\nalways @({edge}) if ({condition}) $monitoroff; else $monitoron;"
        )),
    }
}

/// Assertions that do nothing but print, switched on and off.
pub fn assertions(out: &mut Writer) {
    let (a, b, edge, switch) = (
        out.condition(),
        out.condition(),
        out.edge(),
        out.condition(),
    );
    let count = out.register(8);
    out.line(&format!(
        "assert property (@(posedge clk) disable iff ({a}) {b}) else $display(\"p\");\n\
         always @({edge}) assert ({b}) {count} <= {count} + 1; else {count} <= {count} ^ 8'h33;"
    ));
    if out.minor >= 30 && out.chance(2) {
        out.line(&format!(
            "always @(negedge clk) if ({switch}) $assertoff; else $asserton;"
        ));
    }
}

/// Handles that stay null, and static members.
pub fn classes(out: &mut Writer) {
    let (class, edge, value) = (out.plain("tally"), out.edge(), out.bits(16));
    out.before.push_str(&format!(
        "class {class};\nstatic int total; int own; string name;\nendclass\n"
    ));
    let (one, sum) = (out.fresh("one"), out.register(32));
    out.line(&format!(
        "{class} {one};\nalways @({edge}) begin {class}::total = {class}::total + {value}; {sum} <= {class}::total + 32'({one} == null); end"
    ));
}

/// Files that are written, read, and both.
pub fn files(out: &mut Writer) {
    let (file, edge, value, condition) =
        (out.fresh("file"), out.edge(), out.bits(20), out.condition());
    let (place, read) = (out.register(32), out.register(32));
    let (name, c) = (out.plain("file"), out.plain("c"));
    match out.random.u32(0..4) {
        0 => out.line(&format!(
            "int {file}; initial {file} = $fopen(\"{name}.txt\", \"w\");\n\
             always @({edge}) begin if ({condition}) $fwrite({file}, \"%0d\\n\", {value}); {place} <= $ftell({file}); end"
        )),
        1 => {
            // Longer than what is read at once.
            let text = out.plain("text");
            out.line(&format!(
                "int {file}; int {c}; string {text};\ninitial begin {file} = $fopen(\"{name}.txt\", \"w\");\n\
                 for (int i = 0; i < 900; i++) $fwrite({file}, \"line %0d\\n\", i * 37);\n\
                 $fclose({file}); {file} = $fopen(\"{name}.txt\", \"r\"); end\n\
                 always @({edge}) begin if ({condition}) {c} = $fgets({text}, {file}); else {c} = $fgetc({file});\n\
                 if ($feof({file}) != 0) {c} = $rewind({file}); {read} <= {c} + 32'({text}.len()); {place} <= $ftell({file}); end"
            ));
        }
        2 => out.line(&format!(
            "int {file}; initial {file} = $fopen(\"{name}.txt\");\nalways @({edge}) if ({condition}) $fdisplay({file}, \"%h\", {value});"
        )),
        // A replay reads what was written before: not the end of a file, which has moved on.
        _ => out.line(&format!(
            "int {file}; int {c}; initial {file} = $fopen(\"{name}.txt\", \"w+\");\n\
             always @({edge}) begin if ({condition}) $fwrite({file}, \"%0d--\\n\", {value});\n\
             else if ($ftell({file}) >= 4) begin\n\
             {c} = $fseek({file}, -4, 1); {read} <= $fgetc({file}); {c} = $fseek({file}, 3, 1); end\n{place} <= $ftell({file}); end"
        )),
    }
}
