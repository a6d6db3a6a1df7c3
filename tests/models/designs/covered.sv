// Something to cover.
module covered (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    always_ff @(posedge clk) begin
        if (a > 200) y <= y + 1;
        else if (a > 100) y <= y - 1;
        else y <= a;
    end
    big: cover property (@(posedge clk) a == 8'hf0);
endmodule
