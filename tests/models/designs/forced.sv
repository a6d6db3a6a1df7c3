// Forced and released nets and variables.
module forced (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y,
    output logic [7:0] z
);
    logic [7:0] variable;
    wire  [7:0] net = variable ^ 8'h5a;
    always @(posedge clk) variable <= variable + a;
    always @(posedge clk) begin
        if (a[3:0] == 1) force net = 8'h11;
        if (a[3:0] == 2) release net;
        if (a[3:0] == 3) force variable = 8'h22;
        if (a[3:0] == 4) release variable;
        y <= net;
        z <= variable;
    end
endmodule
