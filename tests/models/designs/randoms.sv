// Random numbers.
module randoms (
    input  logic        clk,
    input  logic [ 7:0] a,
    output logic [31:0] plain,
    output logic [31:0] unsigned_one,
    output logic [31:0] ranged,
    output logic [31:0] seeded,
    output int          seed,
    output logic [31:0] unseeded,
    output int          zero
);
    always @(posedge clk) begin
        plain        <= $random;
        unsigned_one <= $urandom;
        ranged       <= $urandom_range({24'b0, a} + 10, 3);
        // A port, as early versions lose what a variable that is nowhere else read is set to before.
        seed = {24'b0, a} + 1;
        seeded = $random(seed);
        // With 0 the seed is taken from elsewhere.
        zero = 0;
        unseeded = $random(zero);
    end
endmodule
