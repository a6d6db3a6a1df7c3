// Several modules, a generate loop, an interface.
interface hierarchy_link;
    logic       valid;
    logic [7:0] data;
    modport source(output valid, data);
    modport sink(input valid, data);
endinterface

module hierarchy_producer (
    input logic clk,
    input logic [7:0] seed,
    hierarchy_link.source link
);
    always_ff @(posedge clk) begin
        link.data  <= link.data + seed;
        link.valid <= seed[0];
    end
endmodule

module hierarchy_stage #(
    parameter int N = 0
) (
    input  logic       clk,
    input  logic [7:0] in,
    output logic [7:0] out
);
    always_ff @(posedge clk) out <= in + 8'(N);
endmodule

module hierarchy (
    input  logic       clk,
    input  logic [7:0] seed,
    output logic [7:0] last,
    output logic       valid
);
    hierarchy_link link ();
    hierarchy_producer producer (.clk, .seed, .link);
    logic [7:0] stages[5];
    assign stages[0] = link.data;
    for (genvar i = 0; i < 4; i++) begin : g_stage
        hierarchy_stage #(.N(i)) stage (.clk, .in(stages[i]), .out(stages[i+1]));
    end
    assign last  = stages[4];
    assign valid = link.valid;
endmodule
