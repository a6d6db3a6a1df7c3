// Has a trace of its own, beside that of the harness.
module dumper (
    input logic clk,
    input logic [7:0] a,
    output logic [15:0] sum
);
  string file;
  initial
    if ($value$plusargs("dump=%s", file)) begin
      $dumpfile(file);
      $dumpvars;
    end
  always @(posedge clk) sum <= sum + 16'(a);
endmodule
