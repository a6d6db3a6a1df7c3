// DPI: every kind of argument, in each direction.
module dpi (
    input  logic        clk,
    input  logic [31:0] a,
    input  logic [99:0] w,
    output logic [31:0] ints,
    output logic [63:0] longs,
    output logic [99:0] wides,
    output logic [12:0] narrow,
    output logic        bits,
    output logic [31:0] texts,
    output logic [31:0] arrays,
    output real         reals,
    output logic [31:0] handles,
    output logic [31:0] vectors,
    output logic [31:0] lists
);
    import "DPI-C" function int imp_int(input int a, input byte b, input shortint c, input longint d);
    import "DPI-C" function longint imp_unsigned(input int unsigned a, input byte unsigned b,
                                                 input shortint unsigned c, input longint unsigned d);
    import "DPI-C" function bit imp_bit(input bit a, input logic b, output bit c, inout logic d);
    import "DPI-C" function void imp_vectors(input bit [99:0] a, output bit [99:0] b, inout logic [12:0] c,
                                             input logic [12:0] d);
    import "DPI-C" function real imp_real(input real a, output real b, inout real c);
    import "DPI-C" function string imp_string(input string a, output string b);
    import "DPI-C" function chandle imp_new(input int a);
    import "DPI-C" context function int imp_use(input chandle a);
    import "DPI-C" function void imp_fixed(input int a[3], output byte b[2][2], inout bit [40:0] c[2]);
    import "DPI-C" function int imp_open(input int a[]);
    import "DPI-C" renamed_in_c = function int imp_renamed(input int type_);
    import "DPI-C" function bit [2:0] imp_three(input byte a);
    import "DPI-C" function bit [12:0] imp_thirteen(input bit [12:0] a, input byte b);
    import "DPI-C" function bit [31:0] imp_all(input bit [31:0] a);
    import "DPI-C" function int imp_texts(input string a[2], output string b[3], inout string c[2][1]);
    import "DPI-C" task imp_task(input int a, output int b);

    chandle handle;
    int fixed_in[3];
    byte fixed_out[2][2];
    bit [40:0] fixed_both[2];
    int open_in[4];
    bit bit_out;
    logic bit_both = 0;
    bit [99:0] vector_out;
    logic [12:0] vector_both = 0;
    real real_out, real_both = 1.0;
    string text_out;
    string text_result;
    int task_out;
    string texts_in[2], texts_out[3], texts_both[2][1];
    int texts_count;

    initial handle = imp_new(17);

    always @(posedge clk) begin
        ints <= imp_int(a, a[7:0], a[15:0], {a, a}) + imp_renamed(a);
        longs <= imp_unsigned(a, a[15:8], a[31:16], {a, ~a});
        bits <= imp_bit(a[0], a[1], bit_out, bit_both) ^ bit_out ^ bit_both;
        imp_vectors(w, vector_out, vector_both, a[12:0]);
        wides <= vector_out;
        narrow <= vector_both;
        reals <= imp_real(real'(a[9:0]) / 4.0, real_out, real_both) + real_out + real_both;
        text_result = imp_string($sformatf("t%0d", a[9:0]), text_out);
        texts <= text_result.len() * 1000 + text_out.len();
        for (int i = 0; i < 3; i++) fixed_in[i] = a + i;
        for (int i = 0; i < 4; i++) open_in[i] = a ^ i;
        imp_fixed(fixed_in, fixed_out, fixed_both);
        imp_task(a, task_out);
        arrays <= {fixed_out[0][0], fixed_out[0][1], fixed_out[1][0], fixed_out[1][1]} + fixed_both[0][31:0]
                  + fixed_both[1][40:9] + imp_open(open_in) + task_out;
        handles <= imp_use(handle);
        vectors <= {imp_three(a[7:0]), 16'b0, imp_thirteen(a[12:0], a[20:13])} ^ imp_all(a);
        texts_in[0] = $sformatf("%0d", a[9:0]);
        texts_in[1] = texts_both[0][0];
        texts_count = imp_texts(texts_in, texts_out, texts_both);
        lists <= texts_count + texts_out[0].len() * 100 + texts_out[2].len() * 10000
                 + texts_both[1][0].len() * 1000000 + 32'(texts_both[1][0].getc(0));
    end
endmodule
