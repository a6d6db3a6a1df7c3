// Forced and released nets and variables, bits of them, and members of packed structs.
module forced (
    input  logic        clk,
    input  logic [7:0]  a,
    output logic [7:0]  y,
    output logic [7:0]  z,
    output logic [7:0]  p,
    output logic [15:0] st
);
    logic [7:0] variable;
    wire  [7:0] net = variable ^ 8'h5a;
    logic [7:0] partly;
    struct packed {
        logic [7:0] high;
        logic [7:0] low;
    } pair;
    always @(posedge clk) variable <= variable + a;
    always @(posedge clk) begin
        partly <= a;
        pair.high <= a;
        pair.low <= pair.high;
    end
    always @(posedge clk) begin
        if (a[3:0] == 1) force net = 8'h11;
        if (a[3:0] == 2) release net;
        if (a[3:0] == 3) force variable = 8'h22;
        if (a[3:0] == 4) release variable;
        if (a[3:0] == 5) force partly[3:0] = 4'h9;
        if (a[3:0] == 6) release partly;
        if (a[3:0] == 7) force pair.high = p;
        if (a[3:0] == 8) release pair.high;
        y <= net;
        z <= variable;
        p <= partly + variable;
    end
    assign st = pair;
endmodule
