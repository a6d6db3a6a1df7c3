module apart (
    input logic clk,
    output logic [15:0] sum
);
  always @(posedge clk) begin
    sum <= sum + 16'd3;
    if (sum == 16'd30) $display("apart %0d", sum);
  end
endmodule
