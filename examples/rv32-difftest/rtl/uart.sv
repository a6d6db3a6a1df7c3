// Transmit half of a UART. Data at +0, status at +4 (bit 0: ready for a byte).
//
// A byte takes CYCLES_PER_BYTE cycles to send; one that is written meanwhile is lost.
module uart #(
    parameter int CYCLES_PER_BYTE = 40
) (
    input  logic        clk,
    input  logic        rst,
    input  logic        write,
    input  logic        status,      // the status register, not the data register
    input  logic [ 7:0] write_data,
    output logic [31:0] read_data
);

  import "DPI-C" function void uart_transmit(input byte unsigned data);

  localparam int WIDTH = $clog2(CYCLES_PER_BYTE + 1);

  logic [WIDTH-1:0] cycles_left;

  wire ready = cycles_left == '0;
  wire send  = write && !status && ready;

  assign read_data = status ? {31'b0, ready} : '0;

  always_ff @(posedge clk) begin
    if (rst) cycles_left <= '0;
    else if (send) cycles_left <= WIDTH'(CYCLES_PER_BYTE);
    else if (!ready) cycles_left <= cycles_left - 1'b1;

    if (send && !rst) uart_transmit(write_data);
  end

endmodule
