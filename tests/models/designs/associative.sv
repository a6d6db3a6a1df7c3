// Associative arrays: by number and by text, of numbers, wide values, texts and structs.
module associative (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [31:0] sums,
    output logic [89:0] w
);
    typedef struct {
        int          count;
        logic [15:0] last;
    } record_t;
    int          by_number[int];
    int          by_text[string];
    logic [89:0] wide[logic [5:0]];
    string       texts[logic [3:0]];
    record_t     records[int];
    string       key;
    record_t     one;
    always @(posedge clk) begin
        by_number[{26'b0, a[5:0]}] = 32'(a);
        if (a[9:6] == 3 && by_number.exists({26'b0, a[15:10]})) by_number.delete({26'b0, a[15:10]});
        key = $sformatf("k%0d", a[4:0]);
        by_text[key] = by_text.exists(key) ? by_text[key] + 1 : 1;
        wide[a[5:0]] = {w[73:0], a};
        w = wide.exists(a[11:6]) ? wide[a[11:6]] : w + 1;
        texts[a[3:0]] = key;
        one.count = records.exists({28'b0, a[3:0]}) ? records[{28'b0, a[3:0]}].count + 1 : 0;
        one.last = a;
        records[{28'b0, a[3:0]}] = one;
        sums = 32'(by_number.num()) + 32'(by_text.num()) * 256 + 32'(wide.num()) * 65536
             + 32'(by_text[key]) + 32'(texts[a[3:0]].len()) + 32'(one.count);
    end
endmodule
