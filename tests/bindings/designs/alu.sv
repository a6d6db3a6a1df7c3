// One source, two models of one class: in MUTANT the core is wrong.
`ifdef MUTANT
`define STEP 2
`else
`define STEP 1
`endif
module alu #(parameter int SCALE = 1) (
    input logic clk,
    input logic [7:0] a,
    output logic [31:0] sum,
    output logic [31:0] twisted,
    output logic [31:0] counted,
    output logic [31:0] mixed,
    output logic [31:0] stored
);
  import "DPI-C" function int twist(input int x);
  import "DPI-C" function int count(input int x);
  import "DPI-C" function int mix(input int x);
  export "DPI-C" function scaled;
  function int scaled(input int x);
    return x * SCALE * `STEP;
  endfunction
  assign mixed = mix(sum);
  always @(posedge clk) begin
    sum <= sum + 32'(a) * `STEP * SCALE;
    twisted <= twist(32'(a)) + `STEP;
    counted <= count(32'(a));
    stored <= stored + mixed;
  end
endmodule
