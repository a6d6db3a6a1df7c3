// Asks the harness, at each clock and at the end.
module asks (
    input  logic               clk,
    input  logic        [31:0] value,
    output logic signed [31:0] answer,
    output logic        [31:0] asked
);
  import "DPI-C" function int ask(input int value);
  initial asked = 0;
  always @(posedge clk) begin
    answer <= ask(value);
    asked  <= asked + 1;
  end
  final $display("at last %0d", ask(-1));
endmodule
