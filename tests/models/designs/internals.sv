// Public variables: in the top module, in an inlined one, and in one that stays a class of its own.
module internals (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    logic [7:0]  total  /*verilator public_flat_rw*/;
    logic [76:0] history   /*verilator public_flat*/;
    logic [9:0]  memory [16] /*verilator public_flat_rw*/;
    localparam int DEPTH /*verilator public*/ = 16;
    always_ff @(posedge clk) begin
        total <= total + a;
        history  <= {history[68:0], a};
        memory[a[3:0]] <= {2'b0, a} + memory[a[7:4]];
    end
    logic [7:0] x, z;
    internals_inlined u_inlined (.clk, .a, .y(x));
    internals_separate #(.STEP(3)) u_kept (.clk, .a, .y(z));
    assign y = total ^ x ^ z ^ memory[2][7:0] ^ history[69:62];
endmodule

module internals_inlined (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    /*verilator inline_module*/
    logic [7:0] state /*verilator public_flat_rw*/;
    always_ff @(posedge clk) state <= {state[6:0], state[7]} ^ a;
    assign y = state;
endmodule

module internals_separate #(
    parameter int STEP = 1
) (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    /*verilator no_inline_module*/
    logic [7:0] state /*verilator public_flat_rw*/;
    always_ff @(posedge clk) state <= state + a + 8'(STEP);
    assign y = state;
endmodule
