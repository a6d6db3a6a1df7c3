// A model made with --lib-create.
module lib_made (
    input  logic        clk,
    input  logic [11:0] a,
    output logic [11:0] y,
    output logic [70:0] wide
);
    always_ff @(posedge clk) begin
        y    <= y * 5 + a;
        wide <= {wide[58:0], a};
    end
endmodule
