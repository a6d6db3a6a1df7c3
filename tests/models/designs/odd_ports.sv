// Ports of every kind with odd ranges: ascending and descending, negative bounds, arrays of two dimensions, wide ones in
// arrays, reals, strings, times, enums, both directions.
module odd_ports (
    input  logic               clk,
    input  logic [0:15]        up,
    input  logic [39:8]        off,
    input  logic signed [4:-3] neg,
    input  logic [7:0]         down[3:1],
    input  logic [99:0]        wide[2][2],
    input  real                number,
    input  real                numbers[2],
    input  string              text,
    input  time                stamp,
    input  logic [1:0][3:0][7:0] packed_,
    inout  wire  [3:0]         both,
    input  enum logic [1:0] {LOW, HIGH, OTHER} level,
    output logic [7:0]         byte_,
    output logic [63:0]        late,
    output string              said,
    output real                sum,
    output logic [99:0]        shifted[2],
    output logic [1023:0]      history
);
    always_ff @(posedge clk) begin
        byte_      <= up[8:15] ^ off[15:8] ^ neg ^ down[2] ^ wide[1][0][99:92] ^ packed_[1][2] ^ {4'b0, both};
        late       <= stamp;
        said       <= {text, "!"};
        sum        <= number + numbers[1];
        shifted[1] <= wide[0][1];
        shifted[0] <= shifted[1];
        history    <= {history[1015:0], byte_};
    end
    assign both = level == HIGH ? byte_[3:0] : 4'bz;
endmodule
