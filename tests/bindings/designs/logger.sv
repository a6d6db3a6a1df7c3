// Writes what it adds up to a file, if it is told which one and how to open it.
module logger (
    input  logic        clk,
    input  logic [ 7:0] a,
    output logic [31:0] total
);
  string path;
  logic [31:0] mode;
  int file = 0;
  initial begin
    total = 0;
    if ($value$plusargs("log=%s", path) != 0 && $value$plusargs("mode=%s", mode) != 0) begin
      // Without a mode it is a channel, to which others may be added.
      if (mode == "mcd") file = $fopen(path);
      else file = $fopen(path, mode);
    end
  end
  always @(posedge clk) begin
    total <= total + 32'(a);
    if (file != 0 && mode != "r") $fwrite(file, "%0d\n", total);
  end
endmodule
