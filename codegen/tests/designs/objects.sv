class Thing;
  int value;
endclass

module objects (
    input  logic clk,
    output int   value
);
  Thing thing;
  always @(posedge clk) begin
    thing = new;
    thing.value = value + 1;
    value <= thing.value;
  end
endmodule
