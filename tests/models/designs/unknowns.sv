// Variables without initial values: their bits come from the seed.
module unknowns (
    input  logic         clk,
    input  logic [  3:0] index,
    output logic [ 31:0] shifter,
    output logic [ 99:0] wide,
    output logic [ 15:0] word
);
    logic [15:0] memory[16];
    always_ff @(posedge clk) begin
        shifter <= {shifter[30:0], shifter[31] ^ shifter[3]};
        wide     <= {wide[98:0], wide[99]};
        word     <= memory[index];
        memory[index] <= memory[index] + 16'h1111;
    end
endmodule
