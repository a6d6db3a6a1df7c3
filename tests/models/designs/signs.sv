// Signed ports, of vectors and of SystemVerilog's integer types.
module signs (
    input  logic               clk,
    input  logic signed [ 4:0] small_in,
    input  byte                byte_in,
    input  shortint            short_in,
    input  int                 int_in,
    input  longint             long_in,
    input  logic signed [79:0] wide_in,
    output logic signed [ 4:0] small_out,
    output byte                byte_out,
    output shortint            short_out,
    output int                 int_out,
    output longint             long_out,
    output logic signed [79:0] wide_out,
    output logic signed [63:0] sum
);
    always_ff @(posedge clk) begin
        small_out <= small_in >>> 1;
        byte_out  <= byte_in / 8'sd3;
        short_out <= short_in >>> 3;
        int_out   <= -int_in;
        long_out  <= long_in >>> 7;
        wide_out  <= wide_in >>> 9;
        sum       <= 64'(small_in) + 64'(byte_in) + 64'(short_in) + 64'(int_in) + long_in;
    end
endmodule
