// Widths that come from parameters, one of them set from outside.
module parameters #(
    parameter int WIDTH = 8,
    parameter int DEPTH = 4,
    parameter bit [3:0] MASK = 4'b0110
) (
    input  logic                     clk,
    input  logic [WIDTH-1:0]         data,
    input  logic [$clog2(DEPTH)-1:0] index,
    output logic [2*WIDTH-1:0]       doubled,
    output logic [WIDTH-1:0]         stored
);
    localparam int TOTAL = WIDTH * DEPTH;
    logic [WIDTH-1:0] memory[DEPTH];
    always_ff @(posedge clk) begin
        memory[index] <= data + WIDTH'(TOTAL);
        doubled       <= {memory[index], data};
    end
    assign stored = memory[0] ^ WIDTH'(MASK);
endmodule
