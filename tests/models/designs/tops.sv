// Several modules that could be the top: --top-module says which.
module tops_other (
    input  logic       clk,
    output logic [3:0] other
);
    always_ff @(posedge clk) other <= other + 1;
endmodule

module tops_chosen (
    input  logic       clk,
    input  logic [5:0] a,
    output logic [5:0] y
);
    always_ff @(posedge clk) y <= a ^ {y[4:0], y[5]};
endmodule
