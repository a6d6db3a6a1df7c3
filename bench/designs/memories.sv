// 64 MiB of memory, half of it hard to compress.
module memories (
    input logic clk,
    input logic [22:0] address,
    output logic [63:0] data
);
    logic [63:0] words[0:8388607];
    initial begin
        for (int i = 0; i < 8388608; i++)
            words[i] = i[12] ? 64'h9e3779b97f4a7c15 * (64'(i) ^ (64'(i) << 29)) : 64'(i) >> 8;
    end
    always_ff @(posedge clk) begin
        data <= words[address];
        words[address] <= words[address] + 1;
    end
endmodule
