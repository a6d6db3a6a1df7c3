// Immediate and concurrent assertions, assumptions and covers.
module asserts (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] last
);
    always_ff @(posedge clk) begin
        last <= a;
        in_range: assert (a != 8'hff) else $error("a is %h", a);
        if (a == 8'hfe) assert (last[0]);
    end
    never_twice: assert property (@(posedge clk) !(a == 8'h80 && last == 8'h81));
endmodule
