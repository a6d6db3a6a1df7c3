// Fetch stage: the program counter, and what the decode stage knows of the word it receives.
module fetch
  import memory_map::*;
  import rv32_pkg::*;
(
    input logic clk,
    input logic rst,

    input logic        stall,     // decode keeps its instruction
    input logic        redirect,  // from execute; wins over a stall
    input logic [31:0] target,

    // The memory delivers the word at the end of the cycle.
    output logic        request,
    output logic [31:0] pc,

    output logic        id_valid,
    output logic [31:0] id_pc,
    output logic        id_fault  // no memory at this address
);

  wire advance = !stall && !redirect;

  assign request = advance && is_ram(pc);

  always_ff @(posedge clk) begin
    if (rst) begin
      pc       <= RESET_PC;
      id_valid <= 1'b0;
      id_pc    <= '0;
      id_fault <= 1'b0;
    end else if (redirect) begin
      pc       <= target;
      id_valid <= 1'b0;
    end else if (advance) begin
      pc       <= pc + 32'd4;
      id_valid <= 1'b1;
      id_pc    <= pc;
      id_fault <= !is_ram(pc);
    end
  end

endmodule
