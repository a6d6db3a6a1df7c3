// $finish, more than once, and a final block.
module finish (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] count
);
    always_ff @(posedge clk) begin
        count <= count + 1;
        if (a == 8'h77) $finish;
        if (a == 8'h78) begin
            $finish;
            $finish;
        end
    end
    final $display("final at %0d", count);
endmodule
