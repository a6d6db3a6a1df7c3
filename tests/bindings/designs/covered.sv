module covered (
    input logic clk,
    input logic up,
    output logic [3:0] level
);
  always @(posedge clk)
    if (up) level <= level + 4'd1;
    else level <= level - 4'd1;
endmodule
