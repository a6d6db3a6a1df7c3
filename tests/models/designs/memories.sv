// Memories: narrow, wide, two-dimensional, byte-enabled, with initial content.
module memories (
    input  logic         clk,
    input  logic         write,
    input  logic [  7:0] address,
    input  logic [ 31:0] data,
    input  logic [  3:0] enable,
    output logic [ 31:0] read,
    output logic [127:0] read_wide,
    output logic [  7:0] read_table
);
    logic [3:0][7:0] bytes[256];
    logic [127:0] wides[300];
    logic [7:0] table_2d[4][16];
    initial
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 16; j++) table_2d[i][j] = 8'(i * 16 + j) ^ 8'h5a;
    always_ff @(posedge clk) begin
        if (write) begin
            for (int i = 0; i < 4; i++) if (enable[i]) bytes[address][i] <= data[8*i+:8];
            wides[{1'b0, address}] <= {4{data}} ^ {wides[{1'b0, ~address}][126:0], 1'b1};
            table_2d[address[5:4]][address[3:0]] <= data[7:0];
        end
        read       <= bytes[address];
        read_wide  <= wides[{1'b0, address}];
        read_table <= table_2d[address[7:6]][address[3:0]];
    end
endmodule
