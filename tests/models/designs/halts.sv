// $stop, $error, $fatal, $warning, $info.
module halts (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] count
);
    always_ff @(posedge clk) begin
        count <= count + 1;
        case (a)
            8'h11: $error("error of %0d", count);
            8'h12: $stop;
            8'h13: $fatal(1, "fatal of %0d", count);
            8'h14: $warning("warning of %0d", count);
            8'h15: $info("info of %0d", count);
            default: ;
        endcase
    end
endmodule
