// Unpacked structures as ports: nested, in arrays, without a name, and one that is public inside.
package records_types;
  typedef struct {
    logic [3:0] opcode;
    int value;
    logic [70:0] wide;
    real ratio;
    logic [2:0] table_of[2][3];
  } item_t;
  typedef struct {
    item_t first;
    item_t rest[2];
    logic valid;
  } group_t;
endpackage

module records
  import records_types::*;
(
    input logic clk,
    input item_t given,
    input item_t pair[2],
    input struct {
      logic [6:0] a;
      byte b;
    } loose,
    output group_t kept,
    output item_t chosen[1:0][1:0],
    output logic [7:0] sum
);
  item_t last  /*verilator public_flat_rw*/;
  always_ff @(posedge clk) begin
    last <= given;
    kept.first <= last;
    kept.rest[0] <= pair[0];
    kept.rest[1] <= kept.first;
    kept.valid <= given.opcode[0];
    chosen[1][0] <= pair[1];
    chosen[0][1] <= chosen[1][0];
    sum <= loose.b + {1'b0, loose.a} + {4'b0, last.opcode};
  end
endmodule
