// Blocks that are verilated on their own (--hierarchical), one of them with a block inside.
module nested_blocks_inner (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    /*verilator hier_block*/
    logic [15:0] state;
    initial {state, y} = 0;
    always @(posedge clk) begin
        state <= {state[14:0], state[15]} + a;
        y     <= state;
    end
endmodule

module nested_blocks_outer (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    /*verilator hier_block*/
    logic [15:0] middle;
    nested_blocks_inner first (.clk, .a, .y(middle));
    nested_blocks_inner second (.clk, .a(middle ^ 16'h55), .y);
endmodule

module nested_blocks_other (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [70:0] y
);
    /*verilator hier_block*/
    initial y = 0;
    always @(posedge clk) y <= {y[54:0], a};
endmodule

module nested_blocks (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y,
    output logic [70:0] z
);
    logic [15:0] x;
    nested_blocks_outer outer (.clk, .a, .y(x));
    nested_blocks_inner inner (.clk, .a(x), .y);
    nested_blocks_other other (.clk, .a(x ^ y), .y(z));
endmodule
