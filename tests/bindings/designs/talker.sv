// Says, draws, reads arguments and halts, as it is told.
`timescale 1ns / 1ps
module talker (
    input logic clk,
    input logic [3:0] what,
    output logic [31:0] value,
    output logic flag,
    output logic [31:0] drawn,
    output logic [99:0] unset
);
  initial begin
    flag = $test$plusargs("flag") != 0;
    if ($value$plusargs("value=%d", value) == 0) value = 0;
  end
  always @(posedge clk) begin
    drawn <= $random;
    // Nothing sets it at first.
    if (what == 9) unset <= ~unset;
    case (what)
      1: $display("hello at %0t", $time);
      2: $write("half ");
      3: $finish;
      4: $stop;
      5: $error("bad %0d", value);
      6: $fatal(1, "worse");
      7: assert (value == 7) else $error("not seven");
      8: $display("one\ntwo");
      default: ;
    endcase
  end
  final $display("the end");
endmodule
