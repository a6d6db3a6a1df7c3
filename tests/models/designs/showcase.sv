// What the golden texts show of ports, parameters, exports, and of variables inside the design.
package showcase_pkg;
    typedef enum logic [1:0] {Idle = 0, Busy = 2} mode_t;
    typedef struct packed {
        mode_t       mode;
        logic [12:0] tag;
    } request_t;
endpackage

module showcase
    import showcase_pkg::*;
#(
    parameter int WIDTH = 8,
    parameter int DEPTH /*verilator public*/ = 4
) (
    input  logic               clk,
    input  logic               rst,
    input  logic signed [ 6:0] level,
    input  request_t           request,
    input  logic [  WIDTH-1:0] data,
    input  logic [       99:0] wide,
    input  real                gain,
    input  string              text,
    input  event               ping,
    input  logic [       12:0] grid     [2][3],
    inout  wire  [        3:0] pad,
    output mode_t              mode,
    output logic [2*WIDTH-1:0] doubled,
    output logic [       99:0] turned,
    output real                sum,
    output string              longer,
    output logic [        7:0] pings,
    output logic [       12:0] grid_out [2][3]
);
    export "DPI-C" function showcase_peek;
    export "DPI-C" function showcase_mask;

    logic [WIDTH-1:0] memory[DEPTH] /*verilator public_flat_rw*/;
    byte recent[$];

    function int showcase_peek(input int at);
        return int'(memory[at[1:0]]);
    endfunction
    function void showcase_mask(input bit [69:0] mask, output bit [69:0] value);
        value = {6'b0, 64'(turned)} ^ mask;
    endfunction

    assign pad = rst ? 4'd7 : 4'bz;
    always @(ping) pings = pings + 1;
    always_ff @(posedge clk) begin
        mode                <= level < 0 ? request.mode : Idle;
        memory[data[1:0]]   <= data + WIDTH'(request.tag);
        doubled             <= {memory[0], data};
        turned              <= {turned[98:0], turned[99]} ^ wide;
        sum                 <= sum * 0.5 + gain;
        longer              <= {text, "-", text};
        for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++)
            grid_out[i][j] <= grid[1-i][2-j] - grid_out[i][j];
        recent.push_back(data[7:0]);
        if (recent.size() > 3) void'(recent.pop_front());
    end
endmodule
