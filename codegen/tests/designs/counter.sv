`include "step.svh"
module counter (
    input logic clk,
    output logic [7:0] count
);
  always @(posedge clk) count <= count + `STEP;
endmodule
