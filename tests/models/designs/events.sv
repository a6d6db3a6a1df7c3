// An event as a port.
module events (
    input  logic       clk,
    input  event       ping,
    output logic [7:0] pings
);
    always @(ping) pings = pings + 1;
endmodule
