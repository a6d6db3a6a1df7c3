// Unpacked arrays of one dimension and of several, of each kind of element.
module unpacked_arrays (
    input  logic        clk,
    input  logic        flags      [5],
    input  logic [ 6:0] bytes      [4],
    input  logic [12:0] grid       [2][3],
    input  logic [31:0] cube       [2][2][2],
    input  logic [63:0] longs      [3:1],
    input  logic [99:0] wides      [0:2],
    output logic        flags_out  [5],
    output logic [ 6:0] bytes_out  [4],
    output logic [12:0] grid_out   [2][3],
    output logic [31:0] cube_out   [2][2][2],
    output logic [63:0] longs_out  [3:1],
    output logic [99:0] wides_out  [0:2]
);
    always_ff @(posedge clk) begin
        for (int i = 0; i < 5; i++) flags_out[i] <= flags[4-i] ^ flags_out[i];
        for (int i = 0; i < 4; i++) bytes_out[i] <= bytes[i] + bytes_out[(i+1)&3];
        for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) grid_out[i][j] <= grid[1-i][2-j] - grid_out[i][j];
        for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++) for (int k = 0; k < 2; k++)
            cube_out[i][j][k] <= cube[k][i][j] + cube_out[j][k][i];
        for (int i = 1; i < 4; i++) longs_out[i] <= longs[4-i] ^ (longs_out[i] << 1);
        for (int i = 0; i < 3; i++) wides_out[i] <= wides[2-i] + wides_out[i];
    end
endmodule
