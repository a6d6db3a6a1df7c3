// Ports that C++ tells too little of.
typedef struct packed {
  logic signed [4:0] delta;
  logic [2:0] tag;
} inner_t;

typedef struct packed {
  logic [69:0] body;
  inner_t inner;
  logic [31:0] address;
  logic valid;
} packet_t;

typedef struct packed {
  logic [3:0] high;
  logic signed [2:0] low;
} small_t;

typedef union packed {
  logic signed [15:0] number;
  struct packed {
    logic [7:0] high;
    logic [7:0] low;
  } bytes;
} either_t;

module ports (
    input logic signed [6:0] offset,
    output logic signed [6:0] negated,
    input int whole,
    input small_t brief,
    output small_t swapped,
    input packet_t packet,
    output packet_t passed,
    input either_t either,
    output either_t turned,
    output logic [7:0] sums[2][3],
    input logic [7:0] terms[2][3],
    input real level,
    output real doubled,
    input string text,
    output string greeting,
    input logic \class ,
    output logic \fn ,
    inout wire [3:0] pad,
    input logic drive
);
  assign negated = -offset + 7'(whole);
  assign swapped = '{high: {1'b0, brief.low}, low: brief.high[2:0]};
  assign passed = packet;
  assign turned = {either.bytes.low, either.bytes.high};
  always_comb
    foreach (sums[i, j]) sums[i][j] = terms[i][j] + 8'(i * 3 + j);
  assign doubled = level * 2.0;
  assign greeting = {"hello ", text};
  assign \fn = !\class ;
  assign pad = drive ? 4'ha : 4'bz;
endmodule
