// Memories of odd sizes, larger than the pieces in which files store a model, and an object behind them.
module corner (input logic clk, input logic [7:0] d, output logic [7:0] q);
  /*verilator no_inline_module*/
  logic [7:0] last;
  always_ff @(posedge clk) begin
    last <= d;
    q <= last;
  end
endmodule

module vast (
    input logic clk, input logic [18:0] address, input logic [31:0] x,
    output logic [31:0] y, output logic [7:0] z
);
  logic [7:0] bytes [0:1234566];
  logic [31:0] words [0:400001];
  logic [94:0] wide [0:50000];
  string note_text;

  corner c0 (.clk, .d(x[7:0]), .q(z));

  initial begin
    for (int i = 0; i < 1234567; i++) bytes[i] = 8'(i * 7 + (i >> 8));
    for (int i = 0; i < 400002; i++) words[i] = 32'(i) * 32'h9e3779b9;
    for (int i = 0; i < 50001; i++) wide[i] = {63'(i) * 63'd12345, 32'(i)};
    note_text = "none";
  end
  always_ff @(posedge clk) begin
    bytes[21'(address) * 2] <= x[7:0];
    words[address] <= x;
    wide[16'(32'(address) % 50001)] <= {31'd5, x, x};
    y <= words[address] + 32'(bytes[21'(address)]) + wide[16'(32'(address) % 50001)][63:32];
    note_text <= $sformatf("n%0d", x);
  end
endmodule
