// Enough independent work for several threads.
module threaded (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [31:0] b,
    output logic [31:0] y
);
    logic [31:0] lanes[16];
    for (genvar i = 0; i < 16; i++) begin : g_lane
        threaded_lane #(.N(i)) lane (.clk, .a(a + 32'(i)), .b(b ^ 32'(i * 77)), .y(lanes[i]));
    end
    always_comb begin
        y = 0;
        for (int i = 0; i < 16; i++) y ^= lanes[i];
    end
endmodule

module threaded_lane #(
    parameter int N = 0
) (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [31:0] b,
    output logic [31:0] y
);
    logic [31:0] history[8];
    always_ff @(posedge clk) begin
        history[0] <= a * b + 32'(N);
        for (int i = 1; i < 8; i++) history[i] <= history[i-1] * 32'h9e3779b1 + history[7] + b;
    end
    assign y = history[7] ^ history[3];
endmodule
