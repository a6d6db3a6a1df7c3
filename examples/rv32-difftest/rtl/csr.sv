// Machine-mode control and status registers, trap entry and return.
//
// The instruction in execute reads and writes here, and traps are taken there, so that all older
// instructions have taken effect and no younger one has.
module csr
  import rv32_pkg::*;
(
    input logic clk,
    input logic rst,

    // A CSR instruction in execute.
    input  logic        access,
    input  logic [11:0] address,
    input  logic [ 1:0] operation,  // funct3[1:0]: write, set, clear
    input  logic        no_write,   // set or clear with rs1 = x0
    input  logic [31:0] operand,
    output logic [31:0] read_data,
    output logic        illegal,

    input logic commit,  // the instruction in execute takes effect in this cycle

    input logic        trap,
    input logic        trap_is_interrupt,
    input logic [ 3:0] trap_cause,
    input logic [31:2] trap_pc,
    input logic [31:0] trap_value,
    input logic        mret,

    input  logic        timer_interrupt,
    output logic        interrupt,        // pending and enabled
    output logic [31:0] trap_vector,
    output logic [31:0] return_pc
);

  localparam logic [11:0] MSTATUS   = 12'h300;
  localparam logic [11:0] MISA      = 12'h301;
  localparam logic [11:0] MIE       = 12'h304;
  localparam logic [11:0] MTVEC     = 12'h305;
  localparam logic [11:0] MSTATUSH  = 12'h310;
  localparam logic [11:0] MSCRATCH  = 12'h340;
  localparam logic [11:0] MEPC      = 12'h341;
  localparam logic [11:0] MCAUSE    = 12'h342;
  localparam logic [11:0] MTVAL     = 12'h343;
  localparam logic [11:0] MIP       = 12'h344;
  localparam logic [11:0] MCYCLE    = 12'hb00;
  localparam logic [11:0] MINSTRET  = 12'hb02;
  localparam logic [11:0] MCYCLEH   = 12'hb80;
  localparam logic [11:0] MINSTRETH = 12'hb82;
  localparam logic [11:0] MVENDORID = 12'hf11;
  localparam logic [11:0] MARCHID   = 12'hf12;
  localparam logic [11:0] MIMPID    = 12'hf13;
  localparam logic [11:0] MHARTID   = 12'hf14;

  localparam logic [31:0] MISA_RV32IM = 32'h4000_1100;

  logic        mstatus_mie;
  logic        mstatus_mpie;
  logic        mie_mtie;
  logic [31:2] mtvec;
  logic [31:0] mscratch;
  logic [31:2] mepc;
  logic [31:0] mcause;
  logic [31:0] mtval;
  logic [63:0] mcycle;
  logic [63:0] minstret;

  logic known;

  always_comb begin
    known     = 1'b1;
    read_data = '0;
    unique case (address)
      // Machine mode is all there is: MPP reads as 3.
      MSTATUS:   read_data = {19'b0, 2'b11, 3'b0, mstatus_mpie, 3'b0, mstatus_mie, 3'b0};
      MISA:      read_data = MISA_RV32IM;
      MIE:       read_data = {24'b0, mie_mtie, 7'b0};
      MTVEC:     read_data = {mtvec, 2'b00};
      MSCRATCH:  read_data = mscratch;
      MEPC:      read_data = {mepc, 2'b00};
      MCAUSE:    read_data = mcause;
      MTVAL:     read_data = mtval;
      MIP:       read_data = {24'b0, timer_interrupt, 7'b0};
      MCYCLE:    read_data = mcycle[31:0];
      MCYCLEH:   read_data = mcycle[63:32];
      MINSTRET:  read_data = minstret[31:0];
      MINSTRETH: read_data = minstret[63:32];
      MSTATUSH, MVENDORID, MARCHID, MIMPID, MHARTID: read_data = '0;
      default:   known = 1'b0;
    endcase
  end

  wire read_only = address[11:10] == 2'b11;
  wire write     = access && commit && !no_write;

  // A write of the counter stands in for the count of the instruction that writes.
  wire writes_minstret = write && (address == MINSTRET || address == MINSTRETH);

  assign illegal = access && (!known || (read_only && !no_write));

  logic [31:0] write_data;

  always_comb begin
    unique case (operation)
      2'b10:   write_data = read_data | operand;
      2'b11:   write_data = read_data & ~operand;
      default: write_data = operand;
    endcase
  end

  assign interrupt   = timer_interrupt && mie_mtie && mstatus_mie;
  assign trap_vector = {mtvec, 2'b00};
  assign return_pc   = {mepc, 2'b00};

  always_ff @(posedge clk) begin
    mcycle <= mcycle + 64'd1;
    if (commit && !writes_minstret) minstret <= minstret + 64'd1;

    if (write) begin
      unique case (address)
        MSTATUS: begin
          mstatus_mie  <= write_data[3];
          mstatus_mpie <= write_data[7];
        end
        MIE:       mie_mtie <= write_data[7];
        MTVEC:     mtvec <= write_data[31:2];
        MSCRATCH:  mscratch <= write_data;
        MEPC:      mepc <= write_data[31:2];
        MCAUSE:    mcause <= write_data;
        MTVAL:     mtval <= write_data;
        MCYCLE:    mcycle[31:0] <= write_data;
        MCYCLEH:   mcycle[63:32] <= write_data;
        MINSTRET:  minstret[31:0] <= write_data;
        MINSTRETH: minstret[63:32] <= write_data;
        default:   ;
      endcase
    end

    if (trap) begin
      mstatus_mpie <= mstatus_mie;
      mstatus_mie  <= 1'b0;
      mepc         <= trap_pc;
      mcause       <= {trap_is_interrupt, 27'b0, trap_cause};
      mtval        <= trap_value;
    end else if (mret && commit) begin
      mstatus_mie  <= mstatus_mpie;
      mstatus_mpie <= 1'b1;
    end

    if (rst) begin
      mstatus_mie  <= 1'b0;
      mstatus_mpie <= 1'b0;
      mie_mtie     <= 1'b0;
      mtvec        <= '0;
      mscratch     <= '0;
      mepc         <= '0;
      mcause       <= '0;
      mtval        <= '0;
      mcycle       <= '0;
      minstret     <= '0;
    end
  end

endmodule
