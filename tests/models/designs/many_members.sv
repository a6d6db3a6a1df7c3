// An unpacked struct of forty members.
module many_members (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y
);
    typedef struct {
        logic [7:0] a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
        logic [7:0] c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8;
        string text;
    } many_t;
    many_t record;
    always @(posedge clk) begin
        record.a0 <= a;
        record.d8 <= record.a0;
        record.b3 <= record.d8 + record.c3;
        record.c3 <= record.b3;
        record.text <= $sformatf("%0d", a);
        y <= record.d8 + record.c3 + 8'(record.text.len());
    end
endmodule
