// Latches.
module latches (
    input  logic       enable,
    input  logic       set_n,
    input  logic [7:0] d,
    output logic [7:0] q,
    output logic       sr
);
    always_latch if (enable) q = d;
    always_latch
        if (!set_n) sr = 1;
        else if (d[0]) sr = 0;
endmodule
