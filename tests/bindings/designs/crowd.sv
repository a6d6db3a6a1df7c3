// Imports from several threads at once.
import "DPI-C" function int work(input int lane, input int value);
import "DPI-C" function string name_of(input int lane);

module crowd (
    input logic clk,
    input logic [31:0] value,
    output logic [31:0] sums[8],
    output logic [31:0] letters[8]
);
  for (genvar i = 0; i < 8; i++) begin : g_lane
    crowd_lane #(.LANE(i)) lane (.clk, .value, .sum(sums[i]), .letter(letters[i]));
  end
endmodule

module crowd_lane #(
    parameter int LANE = 0
) (
    input logic clk,
    input logic [31:0] value,
    output logic [31:0] sum,
    output logic [31:0] letter
);
  string name;
  logic [31:0] mixed[16];
  always @(posedge clk) begin
    sum <= sum + 32'(work(LANE, int'(value)));
    name = name_of(LANE);
    letter <= 32'(name.getc(0)) << 8 | 32'(name.getc(name.len() - 1));
    mixed[0] <= value + 32'(LANE);
    for (int i = 1; i < 16; i++) mixed[i] <= mixed[i-1] * 32'h9e3779b1 + mixed[15];
  end
endmodule
