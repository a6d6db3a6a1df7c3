// A block that is verilated on its own (--hierarchical); having a parameter, it is inlined all the same.
module blocks_part #(
    parameter int STEP = 1
) (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    /*verilator hier_block*/
    logic [15:0] state;
    always_ff @(posedge clk) begin
        state <= state + a;
        y     <= state ^ 16'(STEP);
    end
endmodule

module blocks (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    logic [15:0] middle;
    blocks_part first (.clk, .a, .y(middle));
    blocks_part second (.clk, .a(middle), .y);
endmodule
