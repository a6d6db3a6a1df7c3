// Ports whose names are Rust's or C++'s keywords, are escaped, or meet names of the bindings.
module names (
    input  logic       clk,
    input  logic [3:0] match,
    input  logic [3:0] self,
    input  logic [3:0] Self,
    input  logic [3:0] crate,
    input  logic [3:0] fn,
    input  logic [3:0] async,
    input  logic [3:0] gen,
    input  logic [3:0] template,
    input  logic [3:0] in_context,
    input  logic [3:0] \context ,
    input  logic [3:0] drop,
    input  logic [3:0] open_trace,
    input  logic [3:0] \esc$a.b ,
    input  logic [3:0] \1st ,
    input  logic [3:0] \a[3] ,
    input  logic [3:0] __a__b,
    input  logic [3:0] a,
    input  logic [3:0] set_a,
    output logic [3:0] \type ,
    output logic [3:0] \struct ,
    output logic [3:0] impl,
    output logic [3:0] mod,
    output logic [3:0] where,
    output logic [3:0] class_name,
    output logic [3:0] \out!#?
);
    always_ff @(posedge clk) begin
        \type      <= match + self + Self;
        \struct    <= crate ^ fn;
        impl       <= async + gen + template;
        mod        <= in_context ^ \context ^ drop ^ open_trace;
        where      <= \esc$a.b + \1st + \a[3] ;
        class_name <= __a__b - a;
        \out!#?    <= set_a + a;
    end
endmodule
