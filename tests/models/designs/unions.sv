// An unpacked union.
module unions (
    input  logic        clk,
    input  logic [31:0] a,
    output logic [31:0] y
);
    typedef union {
        int          number;
        logic [31:0] bits;
    } either_t;
    either_t one;
    either_t many[4];
    always @(posedge clk) begin
        if (a[0]) one.number = int'(a) + one.number;
        else one.bits = one.bits ^ a;
        many[a[2:1]] = one;
        y = one.bits + many[a[4:3]].bits;
    end
endmodule
