// Branch condition. Combinational.
module branch (
    input  logic [ 2:0] funct3,
    input  logic [31:0] a,
    input  logic [31:0] b,
    output logic        taken
);

  logic condition;

  always_comb begin
    unique case (funct3[2:1])
      2'b00:   condition = a == b;
      2'b10:   condition = $signed(a) < $signed(b);
      2'b11:   condition = a < b;
      default: condition = 1'b0;
    endcase
  end

  assign taken = condition ^ funct3[0];

endmodule
