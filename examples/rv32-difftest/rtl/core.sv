// RV32IM_Zicsr_Zifencei, machine mode, five stages: fetch, decode, execute, memory, write-back.
//
// Execute is the point of no return. Traps, CSR accesses, jumps and multi-cycle operations happen
// there; what leaves it will retire. Signals carry the name of the stage that holds them.
module core
  import memory_map::*;
  import rv32_pkg::*;
(
    input logic clk,
    input logic rst,

    output logic        fetch,
    output logic [31:0] fetch_address,
    input  logic [31:0] fetch_word,      // one cycle later

    output logic        data_read,
    output logic        data_write,
    output logic [31:0] data_address,    // of the word
    output logic [31:0] data_write_data,
    output logic [ 3:0] data_write_mask,
    input  logic [31:0] data_read_data,  // one cycle later

    input logic timer_interrupt,

    // What retires in this cycle: an instruction, or a trap instead of it.
    output logic        retire_valid,
    output logic [31:0] retire_pc,
    output logic [31:0] retire_insn,
    output logic        retire_trap,
    output logic [31:0] retire_cause,       // as in mcause
    output logic [ 4:0] retire_rd,          // 0: writes no register
    output logic [31:0] retire_rd_value,
    output logic [ 3:0] retire_store_mask,  // 0: no store
    output logic [31:0] retire_store_data,
    output logic [31:0] retire_address      // of a load or store
);

  // ---------------------------------------------------------------------------------- fetch

  logic        stall_decode;
  logic        redirect;
  logic [31:0] redirect_target;

  logic        id_valid;
  logic [31:0] id_pc;
  logic        id_fault;

  fetch u_fetch (
      .clk,
      .rst,
      .stall   (stall_decode),
      .redirect,
      .target  (redirect_target),
      .request (fetch),
      .pc      (fetch_address),
      .id_valid,
      .id_pc,
      .id_fault
  );

  // --------------------------------------------------------------------------------- decode

  wire      [31:0] id_insn = fetch_word;
  control_t        id_control;
  logic            id_reads_rs1;
  logic            id_reads_rs2;
  logic     [31:0] id_imm;
  logic     [31:0] id_rs1_value;
  logic     [31:0] id_rs2_value;

  logic            wb_writes;
  logic     [ 4:0] wb_rd;
  logic     [31:0] wb_value;

  decode u_decode (
      .insn     (id_insn),
      .control  (id_control),
      .reads_rs1(id_reads_rs1),
      .reads_rs2(id_reads_rs2),
      .imm      (id_imm)
  );

  regfile u_regfile (
      .clk,
      .rs1      (id_insn[19:15]),
      .rs2      (id_insn[24:20]),
      .rs1_value(id_rs1_value),
      .rs2_value(id_rs2_value),
      .write    (wb_writes),
      .rd       (wb_rd),
      .rd_value (wb_value)
  );

  logic            ex_valid;
  logic     [31:0] ex_pc;
  logic     [31:0] ex_insn;
  logic            ex_fault;
  control_t        ex_control;
  logic     [31:0] ex_imm;
  logic     [31:0] ex_rs1_read;
  logic     [31:0] ex_rs2_read;
  logic            stall_execute;

  // A load's value is there when the load is in write-back, two stages after execute.
  wire load_use = ex_valid && ex_control.load &&
      ((id_reads_rs1 && id_insn[19:15] == ex_insn[11:7]) ||
       (id_reads_rs2 && id_insn[24:20] == ex_insn[11:7]));

  assign stall_decode = stall_execute || (id_valid && load_use);

  always_ff @(posedge clk) begin
    if (rst || redirect) begin
      ex_valid <= 1'b0;
    end else if (!stall_execute) begin
      ex_valid <= id_valid && !load_use;
    end
    if (!stall_execute) begin
      ex_pc       <= id_pc;
      ex_insn     <= id_insn;
      ex_fault    <= id_fault;
      ex_control  <= id_fault ? '0 : id_control;
      ex_imm      <= id_imm;
      ex_rs1_read <= id_rs1_value;
      ex_rs2_read <= id_rs2_value;
    end
  end

  // -------------------------------------------------------------------------------- execute

  wire  [ 2:0] ex_funct3 = ex_insn[14:12];
  logic [31:0] ex_rs1;
  logic [31:0] ex_rs2;

  logic        mem_writes;
  logic [ 4:0] mem_rd;
  logic [31:0] mem_result;

  forward u_forward_rs1 (
      .register  (ex_insn[19:15]),
      .read_value(ex_rs1_read),
      .mem_writes,
      .mem_rd,
      .mem_value (mem_result),
      .wb_writes,
      .wb_rd,
      .wb_value,
      .value     (ex_rs1)
  );

  forward u_forward_rs2 (
      .register  (ex_insn[24:20]),
      .read_value(ex_rs2_read),
      .mem_writes,
      .mem_rd,
      .mem_value (mem_result),
      .wb_writes,
      .wb_rd,
      .wb_value,
      .value     (ex_rs2)
  );

  logic [31:0] ex_operand_a;
  logic [31:0] ex_sum;

  always_comb begin
    unique case (ex_control.operand_a)
      A_PC:    ex_operand_a = ex_pc;
      A_ZERO:  ex_operand_a = '0;
      default: ex_operand_a = ex_rs1;
    endcase
  end

  alu u_alu (
      .op    (ex_control.alu_op),
      .a     (ex_operand_a),
      .b     (ex_control.b_is_imm ? ex_imm : ex_rs2),
      .result(ex_sum)
  );

  logic ex_condition;

  branch u_branch (
      .funct3(ex_funct3),
      .a     (ex_rs1),
      .b     (ex_rs2),
      .taken (ex_condition)
  );

  wire         ex_jumps = ex_control.jump || (ex_control.branch && ex_condition);
  wire  [31:0] ex_jump_target = {ex_sum[31:1], 1'b0};

  logic [31:0] ex_store_lanes;
  logic [ 3:0] ex_store_mask;
  logic        ex_misaligned;

  store_unit u_store_unit (
      .funct3    (ex_funct3[1:0]),
      .offset    (ex_sum[1:0]),
      .value     (ex_rs2),
      .lanes     (ex_store_lanes),
      .mask      (ex_store_mask),
      .misaligned(ex_misaligned)
  );

  wire         ex_is_muldiv = ex_valid && ex_control.result == RESULT_MULDIV;
  logic        ex_muldiv_done;
  logic [31:0] ex_muldiv_result;
  logic        ex_trap;

  muldiv u_muldiv (
      .clk,
      .rst,
      .request(ex_is_muldiv),
      .funct3 (ex_funct3),
      .a      (ex_rs1),
      .b      (ex_rs2),
      .flush  (ex_trap),
      .done   (ex_muldiv_done),
      .result (ex_muldiv_result)
  );

  logic        ex_commit;
  logic [31:0] ex_csr_value;
  logic        ex_csr_illegal;
  logic        interrupt;
  logic        ex_trap_here;
  logic [ 3:0] ex_trap_cause;
  logic [31:0] ex_trap_value;
  logic [31:0] trap_vector;
  logic [31:0] return_pc;

  csr u_csr (
      .clk,
      .rst,
      .access           (ex_valid && ex_control.result == RESULT_CSR),
      .address          (ex_insn[31:20]),
      .operation        (ex_funct3[1:0]),
      .no_write         (ex_funct3[1] && ex_insn[19:15] == 5'd0),
      .operand          (ex_funct3[2] ? {27'b0, ex_insn[19:15]} : ex_rs1),
      .read_data        (ex_csr_value),
      .illegal          (ex_csr_illegal),
      .commit           (ex_commit),
      .trap             (ex_trap),
      .trap_is_interrupt(interrupt),
      .trap_cause       (ex_trap_cause),
      .trap_pc          (ex_pc[31:2]),
      .trap_value       (ex_trap_value),
      .mret             (ex_control.mret),
      .timer_interrupt,
      .interrupt,
      .trap_vector,
      .return_pc
  );

  trap u_trap (
      .interrupt,
      .fetch_fault    (ex_fault),
      .illegal        (ex_control.illegal || ex_csr_illegal),
      .jump_misaligned(ex_jumps && ex_jump_target[1]),
      .ecall          (ex_control.ecall),
      .ebreak         (ex_control.ebreak),
      .load           (ex_control.load),
      .store          (ex_control.store),
      .data_misaligned(ex_misaligned),
      .data_unmapped  (!is_mapped(ex_sum)),
      .pc             (ex_pc),
      .insn           (ex_insn),
      .address        (ex_control.load || ex_control.store ? ex_sum : ex_jump_target),
      .taken          (ex_trap_here),
      .cause          (ex_trap_cause),
      .value          (ex_trap_value)
  );

  assign ex_trap       = ex_valid && ex_trap_here;
  assign stall_execute = ex_is_muldiv && !ex_muldiv_done && !ex_trap;
  assign ex_commit     = ex_valid && !ex_trap && !stall_execute;

  assign redirect = ex_trap ||
      (ex_commit && (ex_jumps || ex_control.mret || ex_control.fence_i));

  wire [31:0] ex_next_pc = ex_pc + 32'd4;

  always_comb begin
    if (ex_trap) redirect_target = trap_vector;
    else if (ex_control.mret) redirect_target = return_pc;
    else if (ex_control.fence_i) redirect_target = ex_next_pc;
    else redirect_target = ex_jump_target;
  end

  // --------------------------------------------------------------------------------- memory

  logic        mem_valid;
  logic [31:0] mem_pc;
  logic [31:0] mem_insn;
  logic        mem_trap;
  logic [31:0] mem_cause;
  logic        mem_load;
  logic        mem_store;
  logic [31:0] mem_store_lanes;
  logic [ 3:0] mem_store_mask;

  always_ff @(posedge clk) begin
    mem_valid       <= !rst && (ex_commit || ex_trap);
    mem_pc          <= ex_pc;
    mem_insn        <= ex_insn;
    mem_trap        <= ex_trap;
    mem_cause       <= {interrupt, 27'b0, ex_trap_cause};
    mem_writes      <= !rst && ex_commit && ex_control.writes_rd && ex_insn[11:7] != 5'd0;
    mem_rd          <= ex_insn[11:7];
    mem_load        <= !rst && ex_commit && ex_control.load;
    mem_store       <= !rst && ex_commit && ex_control.store;
    mem_store_lanes <= ex_store_lanes;
    mem_store_mask  <= ex_store_mask;
    unique case (ex_control.result)
      RESULT_ALU:    mem_result <= ex_sum;
      RESULT_LINK:   mem_result <= ex_next_pc;
      RESULT_MULDIV: mem_result <= ex_muldiv_result;
      RESULT_CSR:    mem_result <= ex_csr_value;
    endcase
  end

  assign data_read       = mem_load;
  assign data_write      = mem_store;
  assign data_address    = {mem_result[31:2], 2'b00};
  assign data_write_data = mem_store_lanes;
  assign data_write_mask = mem_store_mask;

  // ----------------------------------------------------------------------------- write-back

  logic        wb_valid;
  logic [31:0] wb_pc;
  logic [31:0] wb_insn;
  logic        wb_trap;
  logic [31:0] wb_cause;
  logic [31:0] wb_result;
  logic        wb_load;
  logic [31:0] wb_store_lanes;
  logic [ 3:0] wb_store_mask;
  logic [31:0] wb_load_value;

  always_ff @(posedge clk) begin
    wb_valid       <= !rst && mem_valid;
    wb_pc          <= mem_pc;
    wb_insn        <= mem_insn;
    wb_trap        <= mem_trap;
    wb_cause       <= mem_cause;
    wb_writes      <= !rst && mem_writes;
    wb_rd          <= mem_rd;
    wb_result      <= mem_result;
    wb_load        <= mem_load;
    wb_store_lanes <= mem_store_lanes;
    wb_store_mask  <= mem_store ? mem_store_mask : '0;
  end

  load_unit u_load_unit (
      .funct3(wb_insn[14:12]),
      .offset(wb_result[1:0]),
      .lanes (data_read_data),
      .value (wb_load_value)
  );

  assign wb_value = wb_load ? wb_load_value : wb_result;

  assign retire_valid      = wb_valid;
  assign retire_pc         = wb_pc;
  assign retire_insn       = wb_insn;
  assign retire_trap       = wb_trap;
  assign retire_cause      = wb_cause;
  assign retire_rd         = wb_writes ? wb_rd : '0;
  assign retire_rd_value   = wb_value;
  assign retire_store_mask = wb_store_mask;
  assign retire_store_data = wb_store_lanes;
  assign retire_address    = wb_result;

endmodule
