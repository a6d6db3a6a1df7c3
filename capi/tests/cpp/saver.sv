// State of many kinds: a memory, a queue, a string, a file that is read, and random numbers where the version lets a
// snapshot hold them.
module saver (
    input  logic        clk,
    input  logic [31:0] in,
`ifdef MORE
    output logic [ 7:0] age,
`endif
    output logic [31:0] out
);
  logic [31:0] mem[64];
  int queue[$];
  string line;
  int file, got;
`ifdef MORE
  always_ff @(posedge clk) age <= age + 1;
`endif

  initial begin
    for (int i = 0; i < 64; i++) mem[i] = i;
    file = $fopen("lines.txt", "r");
  end

  always_ff @(posedge clk) begin
    mem[in[5:0]] <= mem[in[11:6]] + in;
    queue.push_back(in[7:0]);
    if (queue.size() > 20) void'(queue.pop_front());
    got = $fgets(line, file);
    out <= out ^ mem[in[17:12]] ^ queue[0] ^ line.len()
`ifdef RANDOM
        ^ $urandom
`endif
    ;
  end
endmodule
