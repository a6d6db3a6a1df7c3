// A class of which no object is made: a static member, and handles that stay null.
class Tally;
    static int total;
    int own;
endclass
class Other;
    string name;
endclass
module class_handles (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    Tally one;
    Other many[3];
    always @(posedge clk) begin
        Tally::total = Tally::total + a;
        y <= Tally::total[7:0] + 8'(one == null) + 8'(many[a[0]] == null);
    end
endmodule
