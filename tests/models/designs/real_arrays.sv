// Arrays of reals.
module real_arrays (
    input  logic clk,
    input  real  a  [2],
    input  real  m  [2][3],
    output real  y  [2],
    output real  my [2][3]
);
    always_ff @(posedge clk) begin
        for (int i = 0; i < 2; i++) begin
            y[i] <= a[1-i] - 1.5;
            for (int j = 0; j < 3; j++) my[i][j] <= m[1-i][j] * 2.0;
        end
    end
endmodule
