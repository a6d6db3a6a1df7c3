// What the formatted output can do.
module display (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [69:0] w,
    output logic [15:0] lines
);
    typedef enum logic [1:0] {Red, Green, Blue} colour_t;
    colour_t colour;
    assign colour = colour_t'(a[1:0] == 3 ? 2'd0 : a[1:0]);
    string text = "text";
    always_ff @(posedge clk) begin
        lines <= lines + 1;
        if (a[3:0] == 0) $display("%0d %d %h %x %o %b %c", a, a[7:0], a, w, a[5:0], a[3:0], a[6:0] | 7'h40);
        if (a[3:0] == 1) $display("%s %m %0t %t", text, $time, $time);
        if (a[3:0] == 2) begin
            $write("no line feed, ");
            $write("then one\n");
        end
        if (a[3:0] == 3) $display("%f %e %g %p", 1.5, real'(a), 0.1, a);
        if (a[3:0] == 4) $display("%s %0d", colour.name(), colour);
        if (a[3:0] == 5) $display("100%% %5d|%-5d|%05d\ttab \"quoted\" \\", a[7:0], a[7:0], a[7:0]);
        if (a[3:0] == 6) $display("");
        if (a[3:0] == 7) $display("two\nlines");
        if (a[3:0] == 8) $display("%s", $sformatf("%0d-%s", a[7:0], "inner"));
    end
endmodule
