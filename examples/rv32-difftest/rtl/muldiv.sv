// Multiplier (one cycle) and divider (one bit per cycle), one operation at a time.
//
// The unit starts when a multiply or divide waits in the execute stage, and keeps its result until
// the instruction takes it. A flush drops the operation: the instruction will start again later.
module muldiv (
    input logic clk,
    input logic rst,

    input logic        request,  // a multiply or divide is in execute
    input logic [ 2:0] funct3,
    input logic [31:0] a,
    input logic [31:0] b,
    input logic        flush,    // the instruction in execute is dropped

    output logic        done,
    output logic [31:0] result
);

  typedef enum logic [1:0] {IDLE, MULTIPLY, DIVIDE, DONE} state_e;

  state_e        state;
  logic   [ 1:0] op;  // funct3[1:0]
  logic   [32:0] multiplicand;
  logic   [32:0] multiplier;
  logic   [31:0] divisor;
  logic   [31:0] quotient;  // the dividend is shifted out as the quotient is shifted in
  logic   [31:0] remainder;
  logic   [ 4:0] bits_left;
  logic          negate_quotient;
  logic          negate_remainder;

  // The demonstration's bug, off unless the simulation is run with +bug: a flush that comes in the
  // very cycle in which the divider writes its result does not reach the unit. The result stays,
  // and the next multiply or divide takes it for its own.
  logic bug;
  initial bug = $test$plusargs("bug") != 0;

  wire divide_ends = state == DIVIDE && bits_left == '0;
  wire drop        = flush && !(bug && divide_ends);

  wire a_signed = funct3[2] ? !funct3[0] : funct3[1:0] != 2'b11;
  wire b_signed = funct3[2] ? !funct3[0] : !funct3[1];
  wire a_negative = a_signed && a[31];
  wire b_negative = b_signed && b[31];

  wire [63:0] product = 64'($signed(multiplicand)) * 64'($signed(multiplier));

  wire [32:0] shifted    = {remainder, quotient[31]};
  wire [32:0] difference = shifted - {1'b0, divisor};
  wire        fits       = !difference[32];

  wire [31:0] next_remainder = fits ? difference[31:0] : shifted[31:0];
  wire [31:0] next_quotient  = {quotient[30:0], fits};

  assign done = state == DONE;

  always_ff @(posedge clk) begin
    unique case (state)
      IDLE:
      if (request) begin
        state            <= funct3[2] ? DIVIDE : MULTIPLY;
        op               <= funct3[1:0];
        multiplicand     <= {a_negative, a};
        multiplier       <= {b_negative, b};
        quotient         <= a_negative ? -a : a;
        divisor          <= b_negative ? -b : b;
        remainder        <= '0;
        bits_left        <= 5'd31;
        // A division by zero leaves all ones, whatever the signs.
        negate_quotient  <= a_negative != b_negative && b != '0;
        negate_remainder <= a_negative;
      end
      MULTIPLY: begin
        state  <= DONE;
        result <= op == 2'b00 ? product[31:0] : product[63:32];
      end
      DIVIDE: begin
        quotient  <= next_quotient;
        remainder <= next_remainder;
        bits_left <= bits_left - 5'd1;
        if (divide_ends) begin
          state <= DONE;
          if (op[1]) result <= negate_remainder ? -next_remainder : next_remainder;
          else       result <= negate_quotient ? -next_quotient : next_quotient;
        end
      end
      DONE: if (request) state <= IDLE;
    endcase
    if (rst || drop) state <= IDLE;
  end

endmodule
