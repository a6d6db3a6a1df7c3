// Signals of many kinds for a waveform.
module traced (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    logic [99:0] wide;
    real level;
    logic [7:0] memory[4];
    enum logic [1:0] {Zero, One, Two} state;
    struct packed {
        logic [3:0] high;
        logic [3:0] low;
    } pair;
    traced_part part (.clk, .a, .y);
    always_ff @(posedge clk) begin
        wide           <= {wide[83:0], a};
        level          <= level * 0.5 + real'(a);
        memory[a[1:0]] <= a[9:2];
        state          <= state == Two ? Zero : One;
        pair.high      <= a[3:0];
        pair.low       <= pair.high;
    end
endmodule

module traced_part (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y
);
    always_ff @(posedge clk) y <= y + a;
endmodule
