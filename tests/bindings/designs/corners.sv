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
  always @(posedge clk) q <= LUT[index] + BIG[index[0]][31:0];
  assign difference = x_y - \x-y ;
endmodule
