// The least: a clock, a reset, a count.
module counter (
    input  logic       clk,
    input  logic       rst,
    input  logic       enable,
    output logic [7:0] count,
    output logic       full
);
    always_ff @(posedge clk)
        if (rst) count <= 0;
        else if (enable) count <= count + 1;
    assign full = &count;
endmodule
