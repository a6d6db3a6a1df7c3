// Nothing but logic.
module combinational (
    input  logic [15:0] a,
    input  logic [15:0] b,
    input  logic [ 3:0] select,
    output logic [31:0] product,
    output logic [15:0] picked,
    output logic [ 4:0] ones
);
    assign product = 32'(a) * 32'(b);
    assign picked  = a << select | b >> select;
    assign ones    = 5'($countones(a));
endmodule
