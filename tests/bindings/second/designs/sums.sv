module sums (
    input logic clk,
    input logic [6:0] narrow,
    output logic [6:0] echo,
    input logic signed [4:0] level,
    output logic [15:0] sum
);
  assign echo = narrow ^ 7'(level);
  always @(posedge clk) begin
    sum <= sum + 16'd3;
    if (sum == 16'd30) $display("sums %0d", sum);
  end
endmodule
