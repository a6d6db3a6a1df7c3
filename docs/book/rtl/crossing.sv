// Counts edges of a fast clock, and shows the count to a slow one.
module crossing (
    input  logic        fast_clk,
    input  logic        slow_clk,
    output logic [15:0] seen
);
    logic [15:0] edges = 0;
    always_ff @(posedge fast_clk) edges <= edges + 1;
    always_ff @(posedge slow_clk) seen <= edges;
endmodule
