// Waits for times of its own.
`timescale 1ns / 1ns
module ticker (
    output logic [7:0] ticks
);
  initial begin
    ticks = 0;
    repeat (5) #10 ticks = ticks + 1;
    $finish;
  end
endmodule
