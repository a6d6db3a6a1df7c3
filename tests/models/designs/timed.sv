// Delays, forks and event controls (--timing).
`timescale 1ns / 1ns
module timed (
    input  logic        clk,
    input  logic [ 7:0] a,
    output logic [ 7:0] delayed,
    output logic [ 7:0] steps,
    output logic        own_clock,
    output logic [63:0] last
);
    event ping;
    initial begin
        own_clock = 0;
        forever #3 own_clock = ~own_clock;
    end
    always @(a) begin
        #2 delayed = a;
        ->ping;
    end
    always @(ping) begin
        steps = steps + 1;
        last  = $time;
    end
    always @(posedge clk) fork
        #1 steps = steps + 2;
        #5 steps = steps ^ 8'h40;
    join_none
endmodule
