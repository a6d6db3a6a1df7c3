// Dynamic arrays, which grow and shrink.
module dynamic_arrays (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [31:0] sum,
    output logic [79:0] w
);
    int          numbers[];
    logic [79:0] wide[];
    initial begin
        numbers = new[4];
        wide = new[2];
    end
    always @(posedge clk) begin
        numbers[{30'b0, a[1:0]}] += 32'(a[7:4]);
        if (a[3:0] == 9) numbers = new[numbers.size() < 32 ? numbers.size() + 1 : 4] (numbers);
        if (a[5:0] == 11) wide = new[wide.size() < 9 ? wide.size() + 1 : 2] (wide);
        wide[{31'b0, a[0]}] = {wide[1][63:0], a};
        w = wide[0] ^ 80'(wide.size());
        sum = numbers[0] + numbers[1] + numbers[2] + numbers[3] + 32'(numbers.size());
    end
endmodule
