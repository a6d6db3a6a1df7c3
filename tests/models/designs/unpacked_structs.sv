// Unpacked structs: nested, with texts, reals and arrays, in memories.
module unpacked_structs (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y,
    output logic [31:0] sums
);
    typedef struct {
        logic [69:0] wide;
        real         ratio;
        int          memory[4];
    } inner_t;
    typedef struct {
        int     count;
        string  name;
        inner_t inner;
    } outer_t;
    outer_t one;
    outer_t many[8];
    always @(posedge clk) begin
        one.count++;
        if (a[4:0] == 3) one.name = $sformatf("n%0d", a);
        one.inner.wide = {one.inner.wide[53:0], a};
        one.inner.ratio = one.inner.ratio / 2.0 + real'(a);
        one.inner.memory[a[1:0]] += 32'(a);
        if (a[7:5] == 2) many[a[10:8]] = one;
        y = many[a[2:0]].inner.wide[15:0] + 16'($rtoi(one.inner.ratio));
        sums = one.inner.memory[0] + many[1].inner.memory[1] + 32'(one.name.len())
             + 32'(many[a[2:0]].name.len()) + many[3].count;
    end
endmodule
