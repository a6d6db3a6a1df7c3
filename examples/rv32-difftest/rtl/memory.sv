// RAM, kept by the harness and reached through DPI. One word per call, addresses in bytes, aligned.
//
// All calls are made in one process, so that their order within a cycle is fixed: the access of the
// older instruction (data) comes before that of the younger (fetch).
module memory (
    input logic clk,

    input  logic        fetch,
    input  logic [31:0] fetch_address,
    output logic [31:0] fetch_word,

    input  logic        read,
    input  logic        write,
    input  logic [31:0] address,
    input  logic [31:0] write_data,
    input  logic [ 3:0] write_mask,
    output logic [31:0] read_data
);

  import "DPI-C" function int unsigned mem_read(input int unsigned address);
  import "DPI-C" function void mem_write(
    input int unsigned address,
    input int unsigned data,
    input byte unsigned mask
  );

  always_ff @(posedge clk) begin
    if (write) mem_write(address, write_data, {4'b0, write_mask});
    if (read) read_data <= mem_read(address);
    if (fetch) fetch_word <= mem_read(fetch_address);
  end

endmodule
