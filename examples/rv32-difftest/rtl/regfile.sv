// Integer registers: two read ports, one write port; a read sees the write of the same cycle.
module regfile (
    input logic clk,

    input  logic [ 4:0] rs1,
    input  logic [ 4:0] rs2,
    output logic [31:0] rs1_value,
    output logic [31:0] rs2_value,

    input logic        write,
    input logic [ 4:0] rd,
    input logic [31:0] rd_value
);

  logic [31:0] x[32];

  initial for (int i = 0; i < 32; i++) x[i] = '0;

  // The core never writes x0, so it stays zero.
  assign rs1_value = write && rd == rs1 ? rd_value : x[rs1];
  assign rs2_value = write && rd == rs2 ? rd_value : x[rs2];

  always_ff @(posedge clk) if (write) x[rd] <= rd_value;

endmodule
