// Decode: an instruction word to control bits and an immediate. Combinational.
module decode
  import rv32_pkg::*;
(
    input  logic     [31:0] insn,
    output control_t        control,
    output logic            reads_rs1,
    output logic            reads_rs2,
    output logic     [31:0] imm
);

  localparam logic [6:0] LOAD     = 7'b00_000_11;
  localparam logic [6:0] MISC_MEM = 7'b00_011_11;
  localparam logic [6:0] OP_IMM   = 7'b00_100_11;
  localparam logic [6:0] AUIPC    = 7'b00_101_11;
  localparam logic [6:0] STORE    = 7'b01_000_11;
  localparam logic [6:0] OP       = 7'b01_100_11;
  localparam logic [6:0] LUI      = 7'b01_101_11;
  localparam logic [6:0] BRANCH   = 7'b11_000_11;
  localparam logic [6:0] JALR     = 7'b11_001_11;
  localparam logic [6:0] JAL      = 7'b11_011_11;
  localparam logic [6:0] SYSTEM   = 7'b11_100_11;

  localparam logic [31:0] INSN_ECALL  = 32'h0000_0073;
  localparam logic [31:0] INSN_EBREAK = 32'h0010_0073;
  localparam logic [31:0] INSN_MRET   = 32'h3020_0073;
  localparam logic [31:0] INSN_WFI    = 32'h1050_0073;

  wire [6:0] opcode = insn[6:0];
  wire [2:0] funct3 = insn[14:12];
  wire [6:0] funct7 = insn[31:25];

  wire [31:0] imm_i = {{20{insn[31]}}, insn[31:20]};
  wire [31:0] imm_s = {{20{insn[31]}}, insn[31:25], insn[11:7]};
  wire [31:0] imm_b = {{19{insn[31]}}, insn[31], insn[7], insn[30:25], insn[11:8], 1'b0};
  wire [31:0] imm_u = {insn[31:12], 12'b0};
  wire [31:0] imm_j = {{11{insn[31]}}, insn[31], insn[19:12], insn[20], insn[30:21], 1'b0};

  // Bit 30 tells sub from add and sra from srl; for immediates only the shift has it.
  function automatic alu_op_e alu_op(input logic [2:0] f3, input logic alternate);
    unique case (f3)
      3'b000: return alternate ? ALU_SUB : ALU_ADD;
      3'b001: return ALU_SLL;
      3'b010: return ALU_SLT;
      3'b011: return ALU_SLTU;
      3'b100: return ALU_XOR;
      3'b101: return alternate ? ALU_SRA : ALU_SRL;
      3'b110: return ALU_OR;
      3'b111: return ALU_AND;
    endcase
  endfunction

  always_comb begin
    control   = '0;
    reads_rs1 = 1'b0;
    reads_rs2 = 1'b0;
    imm       = imm_i;
    unique case (opcode)
      LUI, AUIPC: begin
        control.writes_rd = 1'b1;
        control.operand_a = opcode == LUI ? A_ZERO : A_PC;
        control.b_is_imm  = 1'b1;
        imm               = imm_u;
      end
      JAL: begin
        control.writes_rd = 1'b1;
        control.operand_a = A_PC;
        control.b_is_imm  = 1'b1;
        control.result    = RESULT_LINK;
        control.jump      = 1'b1;
        imm               = imm_j;
      end
      JALR: begin
        control.writes_rd = 1'b1;
        reads_rs1         = 1'b1;
        control.b_is_imm  = 1'b1;
        control.result    = RESULT_LINK;
        control.jump      = 1'b1;
        control.illegal   = funct3 != 3'b000;
      end
      BRANCH: begin
        reads_rs1         = 1'b1;
        reads_rs2         = 1'b1;
        control.operand_a = A_PC;
        control.b_is_imm  = 1'b1;
        control.branch    = 1'b1;
        control.illegal   = funct3[2:1] == 2'b01;
        imm               = imm_b;
      end
      LOAD: begin
        control.writes_rd = 1'b1;
        reads_rs1         = 1'b1;
        control.b_is_imm  = 1'b1;
        control.load      = 1'b1;
        control.illegal   = funct3 == 3'b011 || funct3[2:1] == 2'b11;
      end
      STORE: begin
        reads_rs1        = 1'b1;
        reads_rs2        = 1'b1;
        control.b_is_imm  = 1'b1;
        control.store     = 1'b1;
        control.illegal   = funct3[2] || funct3 == 3'b011;
        imm               = imm_s;
      end
      OP_IMM: begin
        control.writes_rd = 1'b1;
        reads_rs1         = 1'b1;
        control.b_is_imm  = 1'b1;
        control.alu_op    = alu_op(funct3, funct3 == 3'b101 && insn[30]);
        unique case (funct3)
          3'b001:  control.illegal = funct7 != 7'b0000000;
          3'b101:  control.illegal = {funct7[6], funct7[4:0]} != 6'b0;
          default: control.illegal = 1'b0;
        endcase
      end
      OP: begin
        control.writes_rd = 1'b1;
        reads_rs1         = 1'b1;
        reads_rs2         = 1'b1;
        control.alu_op    = alu_op(funct3, insn[30]);
        unique case (funct7)
          7'b0000000: control.illegal = 1'b0;
          7'b0100000: control.illegal = funct3 != 3'b000 && funct3 != 3'b101;
          7'b0000001: control.result = RESULT_MULDIV;
          default:    control.illegal = 1'b1;
        endcase
      end
      MISC_MEM: begin
        // fence: memory is in order as it is; fence.i: fetch anew what follows.
        control.fence_i = funct3 == 3'b001;
        control.illegal = funct3[2:1] != 2'b00;
      end
      SYSTEM: begin
        if (funct3[1:0] != 2'b00) begin
          control.writes_rd = 1'b1;
          reads_rs1         = !funct3[2];
          control.result    = RESULT_CSR;
        end else begin
          control.ecall   = insn == INSN_ECALL;
          control.ebreak  = insn == INSN_EBREAK;
          control.mret    = insn == INSN_MRET;
          control.illegal = !control.ecall && !control.ebreak && !control.mret && insn != INSN_WFI;
        end
      end
      default: control.illegal = 1'b1;
    endcase
  end

endmodule
