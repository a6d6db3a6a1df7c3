// Time: $time, $stime, $realtime.
`timescale 1ns / 1ps
module times (
    input  logic        clk,
    output logic [63:0] now,
    output logic [31:0] short_now,
    output real         real_now
);
    always_ff @(posedge clk) begin
        now       <= $time;
        short_now <= $stime;
        real_now  <= $realtime;
    end
endmodule
