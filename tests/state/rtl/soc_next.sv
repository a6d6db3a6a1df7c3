package kinds;
  typedef enum logic [2:0] {Idle, Run, Stop} state_e;
  typedef struct packed { logic [7:0] tag; logic [23:0] body; } packet_t;
endpackage

// soc.sv of the next day: `pipe` has one more stage, and `tally` is called `tally`.

// Not inlined: an object of a class of its own, and two classes for two widths.
module fifo #(parameter int W = 8) (input logic clk, input logic [W-1:0] d, output logic [W-1:0] q);
  /*verilator no_inline_module*/
  logic [W-1:0] slots [0:15];
  logic [3:0] head;
  initial begin head = 0; for (int i = 0; i < 16; i++) slots[i] = 0; end
  always_ff @(posedge clk) begin
    slots[head] <= d;
    head <= head + 4'd1;
    q <= slots[head + 4'd3];
  end
  for (genvar g = 0; g < 2; g++) begin : lane
    logic [W-1:0] held;
    always_ff @(posedge clk) held <= d + W'(g);
  end
endmodule

module pipe (input logic clk, input logic [31:0] x, output logic [31:0] y);
  logic [31:0] first, extra, \odd$name.here , a__b;
  always_ff @(posedge clk) begin
    first <= x;
    extra <= first;
    \odd$name.here <= extra ^ 32'h3;
    a__b <= \odd$name.here ;
    y <= a__b;
  end
endmodule

module soc (
    input logic clk, input logic rst, input logic [31:0] x, input logic [39:8] offset,
    input kinds::packet_t packet,
    output logic [31:0] y, output logic [99:0] wide, output logic [7:0] z, output logic [31:0] sum
);
  import kinds::*;
  state_e state;
  packet_t last;
  logic [31:0] ram [0:255];
  logic [127:0] table_of_wide [3:0][7:0];
  logic [63:0] tally;
  real ratio;
  string label_text;
  int seen [int];
  string spoken [string];
  logic [15:0] unused_q;

  fifo #(8) f0 (.clk, .d(x[7:0]), .q(z));
  fifo #(16) f1 (.clk, .d(x[15:0]), .q(unused_q));
  pipe p0 (.clk, .x(x), .y(y));

  initial begin
    for (int i = 0; i < 256; i++) ram[i] = 32'(i) * 32'h01010101;
    for (int i = 0; i < 4; i++) for (int j = 0; j < 8; j++) table_of_wide[i][j] = 0;
    label_text = "none";
    state = Idle;
    tally = 0;
    wide = 0;
    ratio = 0.0;
    last = 0;
  end

  always @(posedge clk) begin
    if (rst) begin
      state <= Idle;
      tally <= 0;
      wide <= 0;
    end else begin
      state <= (state == Stop) ? Idle : state_e'(state + 3'd1);
      wide <= {wide[90:0], x[8:0]};
      ram[x[7:0]] <= x;
      table_of_wide[x[1:0]][x[4:2]] <= {4{x}};
      tally <= tally + 64'(ram[x[15:8]]) + 64'(table_of_wide[x[3:2]][x[7:5]][31:0]) + 64'(unused_q);
      ratio <= ratio + 1.5;
      last <= packet;
      seen[int'(x[3:0])] = int'(x);
      spoken[$sformatf("k%0d", x[2:0])] = $sformatf("v%0d", x);
      label_text = $sformatf("n%0d", x);
      if (offset == 5) $display("%0d %s %s %f %h", seen[3], label_text, spoken["k1"], ratio, last);
    end
  end
  assign sum = tally[31:0] ^ tally[63:32];
endmodule
