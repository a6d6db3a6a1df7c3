// The physical memory map: which addresses exist, and who answers.
package memory_map;

  // Regions are told apart by their upper bits.
  /* verilator lint_off UNUSEDSIGNAL */

  // 16 MiB of RAM.
  function automatic logic is_ram(input logic [31:0] address);
    return address[31:24] == 8'h80;
  endfunction

  // Write of a code ends the run.
  function automatic logic is_exit(input logic [31:0] address);
    return address[31:12] == 20'h0010_0;
  endfunction

  // mtimecmp at +4000, mtime at +bff8.
  function automatic logic is_timer(input logic [31:0] address);
    return address[31:16] == 16'h0200;
  endfunction

  // Transmit data at +0, status at +4.
  function automatic logic is_uart(input logic [31:0] address);
    return address[31:12] == 20'h1000_0;
  endfunction

  function automatic logic is_mapped(input logic [31:0] address);
    return is_ram(address) || is_exit(address) || is_timer(address) || is_uart(address);
  endfunction

  /* verilator lint_on UNUSEDSIGNAL */

endpackage
