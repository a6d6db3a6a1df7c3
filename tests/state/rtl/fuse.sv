// A small design, and with NEXT defined what became of it: `level` is wider, the registers of `old` are gone,
// `next_mode` follows from `mode` in another way, and in some modes it halts as soon as it is looked at.
module fuse (
    input logic clk, input logic [7:0] x,
    output logic [7:0] mode, output logic [7:0] next_mode, output logic [15:0] height, output logic [2:0] phase,
    output logic [7:0] folded, output logic [199:0] broad
);
  initial begin mode = 0; phase = 0; broad = 0; end
  always_ff @(posedge clk) begin
    mode <= x;
    phase <= phase + 3'd1;
    broad <= {broad[191:0], x};
  end
`ifdef NEXT
  logic [15:0] level;
  initial level = 16'h700;
  always_ff @(posedge clk) level <= level + 16'd1;
  assign height = ~level;
  assign next_mode = mode + 8'd1;
  always_comb begin
    if (mode == 8'd101) $stop;
    if (mode == 8'd102) $fatal(1, "mode 102 is not for this build");
  end
  // In mode 103 it never comes to rest.
  /*verilator lint_off UNOPTFLAT*/
  logic a;
  assign a = (mode == 8'd103) ? ~a : mode[7];
  assign folded = {7'd0, a};
`else
  logic [7:0] level;
  initial level = 0;
  always_ff @(posedge clk) level <= level + 8'd1;
  assign height = {8'd0, ~level};
  assign next_mode = mode + 8'd2;
  logic [7:0] old0, old1, old2, old3, old4, old5, old6, old7;
  initial begin old0 = 0; old1 = 0; old2 = 0; old3 = 0; old4 = 0; old5 = 0; old6 = 0; old7 = 0; end
  always_ff @(posedge clk) begin
    old0 <= x + 8'd9; old1 <= old0 ^ 8'd1; old2 <= old1 ^ 8'd3; old3 <= old2 ^ 8'd7;
    old4 <= old3 ^ 8'd5; old5 <= old4 ^ 8'd4; old6 <= old5 ^ 8'd2; old7 <= old6 ^ 8'd8;
  end
  assign folded = old7;
`endif
endmodule
