module block (
    input logic clk,
    input logic [7:0] in,
    output logic [7:0] out
);  /*verilator hier_block*/
  always @(posedge clk) out <= out + in;
endmodule

module blocks (
    input logic clk,
    input logic [7:0] in,
    output logic [7:0] out
);
  block one (.*);
endmodule
