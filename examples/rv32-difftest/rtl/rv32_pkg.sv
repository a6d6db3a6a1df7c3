// Names shared by the stages of the core: encodings, decoded control, trap causes.
package rv32_pkg;

  typedef enum logic [3:0] {
    ALU_ADD, ALU_SUB, ALU_SLL, ALU_SLT, ALU_SLTU, ALU_XOR, ALU_SRL, ALU_SRA, ALU_OR, ALU_AND
  } alu_op_e;

  typedef enum logic [1:0] {A_RS1, A_PC, A_ZERO} operand_a_e;

  // What the execute stage puts into rd. Loads replace it in the write-back stage.
  typedef enum logic [1:0] {RESULT_ALU, RESULT_LINK, RESULT_MULDIV, RESULT_CSR} result_e;

  // Everything the later stages need to know of an instruction besides its own bits.
  typedef struct packed {
    logic       writes_rd;
    alu_op_e    alu_op;
    operand_a_e operand_a;
    logic       b_is_imm;
    result_e    result;
    logic       load;
    logic       store;
    logic       branch;
    logic       jump;
    logic       fence_i;
    logic       ecall;
    logic       ebreak;
    logic       mret;
    logic       illegal;
  } control_t;

  // mcause, low bits; an interrupt also sets bit 31.
  localparam logic [3:0] CAUSE_FETCH_MISALIGNED = 4'd0;
  localparam logic [3:0] CAUSE_FETCH_ACCESS     = 4'd1;
  localparam logic [3:0] CAUSE_ILLEGAL          = 4'd2;
  localparam logic [3:0] CAUSE_BREAKPOINT       = 4'd3;
  localparam logic [3:0] CAUSE_LOAD_MISALIGNED  = 4'd4;
  localparam logic [3:0] CAUSE_LOAD_ACCESS      = 4'd5;
  localparam logic [3:0] CAUSE_STORE_MISALIGNED = 4'd6;
  localparam logic [3:0] CAUSE_STORE_ACCESS     = 4'd7;
  localparam logic [3:0] CAUSE_ECALL_M          = 4'd11;
  localparam logic [3:0] CAUSE_MACHINE_TIMER    = 4'd7;

  localparam logic [31:0] RESET_PC = 32'h8000_0000;

endpackage
