// String ports.
module strings (
    input  logic        clk,
    input  string       text,
    output string       longer,
    output logic [31:0] length
);
    always_ff @(posedge clk) begin
        longer <= {text, "-", text};
        length <= text.len();
    end
endmodule
