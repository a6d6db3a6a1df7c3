// Something to see, in a hierarchy of three.
module leaf (
    input logic clk,
    output logic [7:0] deep
);
  always @(posedge clk) deep <= deep + 8'd5;
endmodule

module middle (
    input logic clk,
    output logic [7:0] deep
);
  leaf inner (.*);
endmodule

module waves (
    input logic clk,
    output logic [7:0] deep,
    output logic [7:0] count
);
  middle below (.*);
  always @(posedge clk) count <= count + 8'd1;
endmodule
