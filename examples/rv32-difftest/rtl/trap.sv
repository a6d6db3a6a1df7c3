// Which trap, if any, the instruction in execute takes: an interrupt before any exception, then the
// exceptions in the order in which the privileged specification ranks them.
module trap
  import rv32_pkg::*;
(
    input logic        interrupt,
    input logic        fetch_fault,
    input logic        illegal,
    input logic        jump_misaligned,
    input logic        ecall,
    input logic        ebreak,
    input logic        load,
    input logic        store,
    input logic        data_misaligned,
    input logic        data_unmapped,
    input logic [31:0] pc,
    input logic [31:0] insn,
    input logic [31:0] address,          // of the jump's target or of the data

    output logic        taken,
    output logic [ 3:0] cause,
    output logic [31:0] value            // for mtval
);

  always_comb begin
    taken = 1'b1;
    cause = '0;
    value = '0;
    if (interrupt) begin
      cause = CAUSE_MACHINE_TIMER;
    end else if (fetch_fault) begin
      cause = CAUSE_FETCH_ACCESS;
      value = pc;
    end else if (illegal) begin
      cause = CAUSE_ILLEGAL;
      value = insn;
    end else if (jump_misaligned) begin
      cause = CAUSE_FETCH_MISALIGNED;
      value = address;
    end else if (ecall) begin
      cause = CAUSE_ECALL_M;
    end else if (ebreak) begin
      cause = CAUSE_BREAKPOINT;
    end else if ((load || store) && data_misaligned) begin
      cause = load ? CAUSE_LOAD_MISALIGNED : CAUSE_STORE_MISALIGNED;
      value = address;
    end else if ((load || store) && data_unmapped) begin
      cause = load ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS;
      value = address;
    end else begin
      taken = 1'b0;
    end
  end

endmodule
