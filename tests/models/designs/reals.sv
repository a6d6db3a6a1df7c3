// Real ports.
module reals (
    input  logic        clk,
    input  real         a,
    input  real         b,
    output real         sum,
    output real         scaled,
    output logic [31:0] rounded,
    output logic        greater
);
    always_ff @(posedge clk) begin
        sum     <= a + b;
        scaled  <= scaled / 2.0 + a * 0.25;
        rounded <= $rtoi(b);
    end
    assign greater = a > b;
endmodule
