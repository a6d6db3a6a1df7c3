// DPI: functions and a task that the harness calls.
module dpi_exports (
    input  logic        clk,
    input  logic [31:0] a,
    output logic [31:0] y
);
    export "DPI-C" function get_state;
    export "DPI-C" function add_to_state;
    export "DPI-C" function wide_of_state;
    export "DPI-C" task     set_state;
    int state = 0;
    function int get_state();
        return state;
    endfunction
    function void add_to_state(input int by, output int earlier);
        earlier = state;
        state = state + by;
    endfunction
    function void wide_of_state(input bit [69:0] mask, output bit [69:0] value);
        value = {6'b0, state, state} ^ mask;
    endfunction
    task set_state(input int value);
        state = value;
    endtask
    always @(posedge clk) begin
        state = state + a;
        y <= state;
    end
endmodule
