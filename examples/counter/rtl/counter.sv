module counter (
    input  logic        clk,
    input  logic        reset,
    output logic [31:0] count
);
    bit fails;
    initial fails = $test$plusargs("fail") != 0;

    always_ff @(posedge clk) begin
        if (reset) count <= 0;
        else if (fails && count == 2_500_000) count <= count + 2;  // the bug
        else count <= count + 1;
    end
endmodule
