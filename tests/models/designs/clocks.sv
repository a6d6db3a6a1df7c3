// Several clocks, both edges, an asynchronous reset, a gated clock.
module clocks (
    input  logic       clk_a,
    input  logic       clk_b,
    input  logic       rst_n,
    input  logic       gate,
    input  logic [7:0] a,
    output logic [7:0] on_a,
    output logic [7:0] on_b,
    output logic [7:0] on_fall,
    output logic [7:0] on_gated,
    output logic [7:0] crossed
);
    wire gated = clk_a & gate;
    always_ff @(posedge clk_a or negedge rst_n)
        if (!rst_n) on_a <= 0;
        else on_a <= on_a + a;
    always_ff @(posedge clk_b) begin
        on_b    <= on_b ^ a;
        crossed <= on_a;
    end
    always_ff @(negedge clk_a) on_fall <= on_b;
    always_ff @(posedge gated) on_gated <= on_gated + 1;
endmodule
