// Places a store's bytes on the lanes of the bus, and checks alignment for loads and stores.
module store_unit (
    input  logic [ 1:0] funct3,      // log2 of the size in bytes
    input  logic [ 1:0] offset,      // address within the word
    input  logic [31:0] value,
    output logic [31:0] lanes,
    output logic [ 3:0] mask,
    output logic        misaligned
);

  always_comb begin
    unique case (funct3)
      2'b00: begin
        lanes      = {4{value[7:0]}};
        mask       = 4'b0001 << offset;
        misaligned = 1'b0;
      end
      2'b01: begin
        lanes      = {2{value[15:0]}};
        mask       = 4'b0011 << offset;
        misaligned = offset[0];
      end
      default: begin
        lanes      = value;
        mask       = 4'b1111;
        misaligned = offset != 2'b00;
      end
    endcase
  end

endmodule
