// Arguments of the run.
module plusargs (
    input  logic        clk,
    output logic        has_flag,
    output logic        has_other,
    output logic [31:0] value,
    output logic [63:0] hex,
    output logic [31:0] length
);
    string text;
    initial begin
        has_flag  = $test$plusargs("flag");
        has_other = $test$plusargs("other");
        if (!$value$plusargs("value=%d", value)) value = 7;
        if (!$value$plusargs("hex=%h", hex)) hex = 9;
        if (!$value$plusargs("text=%s", text)) text = "none";
        length = text.len();
    end
    always_ff @(posedge clk) value <= value * 3 + {31'b0, has_flag};
endmodule
