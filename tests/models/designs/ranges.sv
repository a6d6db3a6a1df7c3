// Ranges that do not end in 0, that ascend, that go below 0.
module ranges (
    input  logic          clk,
    input  logic [39:8]   offset,
    input  logic [0:15]   ascending,
    input  logic [3:-4]   below,
    input  logic [-1:-8]  negative,
    input  logic [100:20] wide_offset,
    input  logic [0:99]   wide_ascending,
    output logic [71:40]  offset_out,
    output logic [0:15]   ascending_out,
    output logic [3:-4]   below_out,
    output logic [-8:-1]  negative_out,
    output logic [100:20] wide_offset_out,
    output logic [0:99]   wide_ascending_out
);
    always_ff @(posedge clk) begin
        offset_out         <= offset + offset_out;
        ascending_out      <= {ascending[8:15], ascending[0:7]};
        below_out          <= below ^ {below_out[2:-4], below_out[3]};
        negative_out       <= {negative[-8], negative[-1:-7]};
        wide_offset_out    <= wide_offset - wide_offset_out;
        wide_ascending_out <= {wide_ascending[1:99], wide_ascending[0]};
    end
endmodule
