// One of each that a description tells of.
typedef struct packed {
  logic [3:0] opcode;
  logic       valid;
} request_t;

import "DPI-C" function int look_up(input int key, output bit [95:0] found);
import "DPI-C" function chandle take();

module everything #(
    parameter int DEPTH /*verilator public*/ = 5
) (
    input logic clk,
    input logic signed [6:0] offset,
    input request_t request,
    output logic [99:0] wide,
    input real level,
    inout wire [3:0] pad
);
  logic [7:0] memory[DEPTH]  /*verilator public_flat_rw*/;
  chandle     held;
  export "DPI-C" function peek;
  function int peek(input int at);
    return int'(memory[at[2:0]]);
  endfunction
  bit [95:0] found;
  always @(posedge clk) begin
    held <= take();
    memory[0] <= 8'(look_up(int'(offset), found) + int'(held == null) + $random);
    wide <= 100'(found) + 100'(request.opcode) + 100'(level > 1.0);
  end
  assign pad = request.valid ? 4'd7 : 4'bz;
endmodule
