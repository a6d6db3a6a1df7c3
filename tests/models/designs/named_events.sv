// Events within a design.
module named_events (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] pings,
    output logic [7:0] pongs
);
    event ping;
    event pong;
    always @(posedge clk) begin
        if (a[1:0] == 0) ->ping;
        if (a[2:0] == 5) ->pong;
    end
    always @(ping) pings = pings + 1;
    always @(pong) pongs = pongs + a;
endmodule
