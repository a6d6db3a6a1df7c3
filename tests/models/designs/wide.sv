// Ports that take several words.
module wide (
    input  logic         clk,
    input  logic [ 64:0] a65,
    input  logic [ 95:0] a96,
    input  logic [127:0] a128,
    input  logic [499:0] a500,
    output logic [ 64:0] y65,
    output logic [ 95:0] y96,
    output logic [127:0] y128,
    output logic [499:0] y500
);
    always_ff @(posedge clk) begin
        y65  <= y65 + a65;
        y96  <= {a96[0], a96[95:1]} ^ y96;
        y128 <= a128 * 128'd3 + y128;
        y500 <= {y500[498:0], y500[499]} ^ a500;
    end
endmodule
