// A virtual interface that leads to one instance and then to another, and an array of them.
interface Lane;
    logic [7:0] value;
endinterface
module virtual_interfaces (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y,
    output logic [7:0] z
);
    Lane left ();
    Lane right ();
    virtual Lane chosen;
    virtual Lane both[2];
    initial begin
        chosen = left;
        both[0] = left;
        both[1] = right;
    end
    always @(posedge clk) begin
        if (a[3:0] == 1) chosen = right;
        if (a[3:0] == 2) chosen = left;
        if (a[3:0] == 3) both[a[4]] = chosen;
        chosen.value = chosen.value + a;
        y <= left.value ^ right.value;
        z <= both[0].value + both[1].value;
    end
endmodule
