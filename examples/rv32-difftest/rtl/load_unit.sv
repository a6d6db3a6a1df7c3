// Takes a load's bytes from the lanes of the bus and extends them. Combinational.
module load_unit (
    input  logic [ 2:0] funct3,
    input  logic [ 1:0] offset,
    input  logic [31:0] lanes,
    output logic [31:0] value
);

  wire [15:0] shifted = 16'(lanes >> {offset, 3'b000});

  always_comb begin
    unique case (funct3)
      3'b000:  value = {{24{shifted[7]}}, shifted[7:0]};
      3'b001:  value = {{16{shifted[15]}}, shifted[15:0]};
      3'b100:  value = {24'b0, shifted[7:0]};
      3'b101:  value = {16'b0, shifted[15:0]};
      default: value = lanes;
    endcase
  end

endmodule
