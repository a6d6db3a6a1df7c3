// Adds up what it is given, turned by one bit at each step.
module accumulator (
    input  logic        clk,
    input  logic        rst,
    input  logic [31:0] in,
    output logic [63:0] sum
);
  logic [31:0] last;
  always_ff @(posedge clk) begin
    if (rst) begin
      sum  <= 0;
      last <= 0;
    end else begin
      sum  <= {sum[62:0], sum[63]} + {32'b0, last};
      last <= in;
    end
  end
endmodule
