// Bidirectional ports.
module inouts (
    input  logic       clk,
    input  logic       drive,
    input  logic [7:0] value,
    inout  wire  [7:0] bus,
    inout  wire        line,
    output logic [7:0] seen,
    output logic       line_seen
);
    assign bus  = drive ? value : 8'bz;
    assign line = drive ? value[0] : 1'bz;
    always_ff @(posedge clk) begin
        seen      <= bus;
        line_seen <= line;
    end
endmodule
