module sensor (
    input  logic               clk,
    output logic signed [15:0] average
);
    // Implemented by the harness.
    import "DPI-C" function int read_sensor(input int channel);
    import "DPI-C" function void alarm(input string text, input int value);

    // Called by the harness.
    export "DPI-C" function limit_of;
    function int limit_of(input int channel);
        return 90 + channel;
    endfunction

    always_ff @(posedge clk) begin
        automatic int value = read_sensor(0);
        average <= 16'((int'(average) * 3 + value) / 4);
        if (value > limit_of(0)) alarm("too hot", value);
    end
endmodule
