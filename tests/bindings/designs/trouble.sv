// Makes Verilator's runtime give up, as it is told.
module trouble (
    input  logic       clk,
    input  logic [3:0] what,
    input  logic       bad_end,
    output logic [7:0] count
);
  logic [7:0] memory[4];
  logic loop;
  // Does not come to rest.
  assign loop = what == 2 && !loop;
  always @(posedge clk) begin
    count <= count + 1 + 8'(loop);
    if (what == 1) $readmemh("trouble.hex", memory);
    if (what == 3) $writememh("/nowhere/trouble.hex", memory);
  end
  initial count = 0;
  final begin
    $display("the end");
    if (bad_end) $writememh("/nowhere/trouble.hex", memory);
  end
endmodule
