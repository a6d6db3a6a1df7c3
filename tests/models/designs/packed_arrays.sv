// Packed arrays of one dimension and of several.
module packed_arrays (
    input  logic                     clk,
    input  logic [3:0][7:0]          bytes,
    input  logic [1:0][3:0][2:0]     cube,
    input  logic [3:0][31:0]         words,
    input  logic [0:2][1:0][4:1]     mixed,
    output logic [3:0][7:0]          bytes_out,
    output logic [1:0][3:0][2:0]     cube_out,
    output logic [3:0][31:0]         words_out,
    output logic [0:2][1:0][4:1]     mixed_out
);
    always_ff @(posedge clk) begin
        for (int i = 0; i < 4; i++) begin
            bytes_out[i] <= bytes[3-i] + bytes_out[i];
            words_out[i] <= words[i] ^ words_out[3-i];
        end
        for (int i = 0; i < 2; i++) for (int j = 0; j < 4; j++) cube_out[i][j] <= cube[1-i][j] + 3'(i + j);
        for (int i = 0; i < 3; i++) for (int j = 0; j < 2; j++) mixed_out[i][j] <= ~mixed[2-i][j];
    end
endmodule
