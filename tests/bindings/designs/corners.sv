// Names and types at the edges of what bindings can say.
module corners #(
    parameter int LUT[5] /*verilator public*/ = '{1, 2, 3, 4, 5},
    parameter bit [99:0] BIG[2] /*verilator public*/ = '{100'h1, 100'h5_0000_0000}
) (
    input logic clk,
    input logic [2:0] index,
    input logic [7:0] \x-y ,
    input logic [7:0] x_y,
    output logic [31:0] q,
    output logic [7:0] difference
);
  export "DPI-C" function swapped;
  chandle kept;
  function chandle swapped(input chandle given, output chandle earlier);
    earlier = kept;
    kept = given;
    return given;
  endfunction
  export "DPI-C" function narrow;
  export "DPI-C" function exchanged;
  function bit [12:0] narrow(input bit [15:0] from);
    return from[12:0] ^ 13'h1;
  endfunction
  string texts[3];
  // Gives what was there; the texts move by one.
  function bit [2:0] exchanged(input string given[3], output string earlier[3], inout string last[1][1]);
    earlier = texts;
    for (int i = 0; i < 3; i++) texts[i] = {given[i], last[0][0]};
    last[0][0] = given[2];
    return 3'(texts[0].len());
  endfunction
  import "DPI-C" function int joined(input string texts[3]);
  final if (joined(texts) < 0) $display("no texts");
  always @(posedge clk) q <= LUT[index] + BIG[index[0]][31:0];
  assign difference = x_y - \x-y ;
endmodule
