// Forwarding for one operand of the execute stage: the youngest older write of the register wins.
module forward (
    input  logic [ 4:0] register,
    input  logic [31:0] read_value,  // as the decode stage read it
    input  logic        mem_writes,
    input  logic [ 4:0] mem_rd,
    input  logic [31:0] mem_value,
    input  logic        wb_writes,
    input  logic [ 4:0] wb_rd,
    input  logic [31:0] wb_value,
    output logic [31:0] value
);

  always_comb begin
    if (mem_writes && mem_rd == register) value = mem_value;
    else if (wb_writes && wb_rd == register) value = wb_value;
    else value = read_value;
  end

endmodule
