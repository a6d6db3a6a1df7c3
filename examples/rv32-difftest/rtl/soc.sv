// The machine: one core, RAM behind DPI, a timer, a UART, and a register that ends the run.
module soc
  import memory_map::*;
(
    input logic clk,
    input logic rst,

    // Set by a write to the exit register, in the cycle in which the writing instruction retires.
    output logic        exit_valid,
    output logic [31:0] exit_code,

    // What retires in this cycle, for a comparison with a reference model.
    output logic        retire_valid,
    output logic [31:0] retire_pc,
    output logic [31:0] retire_insn,
    output logic        retire_trap,
    output logic [31:0] retire_cause,
    output logic [ 4:0] retire_rd,
    output logic [31:0] retire_rd_value,
    output logic [ 3:0] retire_store_mask,
    output logic [31:0] retire_store_data,
    output logic [31:0] retire_address
);

  logic        fetch;
  logic [31:0] fetch_address;
  logic [31:0] fetch_word;

  logic        read;
  logic        write;
  logic [31:0] address;
  logic [31:0] write_data;
  logic [ 3:0] write_mask;
  logic [31:0] read_data;

  logic        timer_interrupt;

  core u_core (
      .clk,
      .rst,
      .fetch,
      .fetch_address,
      .fetch_word,
      .data_read      (read),
      .data_write     (write),
      .data_address   (address),
      .data_write_data(write_data),
      .data_write_mask(write_mask),
      .data_read_data (read_data),
      .timer_interrupt,
      .retire_valid,
      .retire_pc,
      .retire_insn,
      .retire_trap,
      .retire_cause,
      .retire_rd,
      .retire_rd_value,
      .retire_store_mask,
      .retire_store_data,
      .retire_address
  );

  logic [31:0] ram_data;

  memory u_memory (
      .clk,
      .fetch,
      .fetch_address,
      .fetch_word,
      .read      (read && is_ram(address)),
      .write     (write && is_ram(address)),
      .address,
      .write_data,
      .write_mask,
      .read_data (ram_data)
  );

  logic [31:0] timer_data;

  timer u_timer (
      .clk,
      .rst,
      .write     (write && is_timer(address)),
      .address   (address[15:0]),
      .write_data,
      .read_data (timer_data),
      .interrupt (timer_interrupt)
  );

  logic [31:0] uart_data;

  uart u_uart (
      .clk,
      .rst,
      .write     (write && is_uart(address)),
      .status    (address[2]),
      .write_data(write_data[7:0]),
      .read_data (uart_data)
  );

  // RAM registers what it reads; the devices' answer is registered here, to arrive with it.
  logic        device_answers;
  logic [31:0] device_data;

  always_ff @(posedge clk) begin
    device_answers <= !is_ram(address);
    device_data    <= is_timer(address) ? timer_data : is_uart(address) ? uart_data : '0;
  end

  assign read_data = device_answers ? device_data : ram_data;

  always_ff @(posedge clk) begin
    if (rst) begin
      exit_valid <= 1'b0;
      exit_code  <= '0;
    end else if (write && is_exit(address)) begin
      exit_valid <= 1'b1;
      exit_code  <= write_data;
    end
  end

endmodule
