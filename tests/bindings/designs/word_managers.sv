// Writes and reads single words over three buses at once, each compared with a copy of its memory.
module word_managers (
    input logic clk,
    input logic reset,

    // Wishbone, as written by those who put directions behind names.
    output logic wb_cyc_o,
    output logic wb_stb_o,
    output logic wb_we_o,
    output logic [29:0] wb_adr_o,
    output logic [3:0] wb_sel_o,
    output logic [31:0] wb_dat_o,
    input logic wb_ack_i,
    input logic wb_err_i,
    input logic [31:0] wb_dat_i,

    // A handshake.
    output logic mem_valid,
    input logic mem_ready,
    output logic [31:0] mem_addr,
    output logic [63:0] mem_wdata,
    output logic [7:0] mem_wstrb,
    input logic [63:0] mem_rdata,

    // AXI4-Lite, as Chisel names it.
    output logic io_lite_aw_valid,
    input logic io_lite_aw_ready,
    output logic [31:0] io_lite_aw_bits_addr,
    output logic io_lite_w_valid,
    input logic io_lite_w_ready,
    output logic [31:0] io_lite_w_bits_data,
    output logic [3:0] io_lite_w_bits_strb,
    input logic io_lite_b_valid,
    output logic io_lite_b_ready,
    input logic [1:0] io_lite_b_bits_resp,
    output logic io_lite_ar_valid,
    input logic io_lite_ar_ready,
    output logic [31:0] io_lite_ar_bits_addr,
    input logic io_lite_r_valid,
    output logic io_lite_r_ready,
    input logic [31:0] io_lite_r_bits_data,
    input logic [1:0] io_lite_r_bits_resp,

    output logic [31:0] transfers[3],
    output logic [31:0] errors,
    output logic [31:0] refused
);
    logic [31:0] random;

    function automatic logic [31:0] stir(input logic [31:0] seed);
        logic [31:0] x = seed;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return x;
    endfunction

    logic [31:0] wb_copy[0:63];
    logic [63:0] mem_copy[0:63];
    logic [31:0] lite_copy[0:63];
    initial
        for (int i = 0; i < 64; i++) begin
            wb_copy[i] = 0;
            mem_copy[i] = 0;
            lite_copy[i] = 0;
        end
    logic lite_reads, lite_wrote;

    assign wb_stb_o = wb_cyc_o;
    assign io_lite_b_ready = lite_wrote;
    assign io_lite_r_ready = lite_reads && random[2];

    always_ff @(posedge clk) begin
        random <= stir(random);
        if (reset) begin
            random <= 32'hdead_beef;
            {wb_cyc_o, mem_valid, io_lite_aw_valid, io_lite_w_valid, io_lite_ar_valid} <= 0;
            {lite_reads, lite_wrote} <= 0;
            errors <= 0;
            refused <= 0;
            transfers[0] <= 0;
            transfers[1] <= 0;
            transfers[2] <= 0;
        end else begin
            if (!wb_cyc_o) begin
                if (random[0]) begin
                    wb_cyc_o <= 1;
                    wb_we_o <= random[1];
                    // One word in 64 lies outside of the memory.
                    wb_adr_o <= 30'h2000_0000 | (random[19:14] == 0 ? 30'h1_0000 : 30'(random[13:8]));
                    wb_sel_o <= random[23:20];
                    wb_dat_o <= stir(random);
                end
            end else if (wb_err_i) begin
                wb_cyc_o <= 0;
                refused <= refused + 1;
                if (wb_adr_o[16] == 0) errors <= errors + 1;
            end else if (wb_ack_i) begin
                wb_cyc_o <= 0;
                transfers[0] <= transfers[0] + 1;
                if (wb_adr_o[16]) errors <= errors + 1;
                if (wb_we_o) begin
                    for (int i = 0; i < 4; i++)
                        if (wb_sel_o[i]) wb_copy[wb_adr_o[5:0]][i*8+:8] = wb_dat_o[i*8+:8];
                end else if (wb_dat_i != wb_copy[wb_adr_o[5:0]]) errors <= errors + 1;
            end

            if (!mem_valid) begin
                if (random[3]) begin
                    mem_valid <= 1;
                    mem_addr <= 32'h8000_0000 | {23'b0, random[15:10], 3'b0};
                    mem_wdata <= {random, stir(random)};
                    mem_wstrb <= random[4] ? random[31:24] : 0;
                end
            end else if (mem_ready) begin
                mem_valid <= 0;
                transfers[1] <= transfers[1] + 1;
                if (mem_rdata != mem_copy[mem_addr[8:3]]) errors <= errors + 1;
                for (int i = 0; i < 8; i++)
                    if (mem_wstrb[i]) mem_copy[mem_addr[8:3]][i*8+:8] = mem_wdata[i*8+:8];
            end

            if (!lite_reads && !lite_wrote) begin
                if (random[5]) begin
                    io_lite_aw_bits_addr <= 32'h8000_0000 | {24'b0, random[17:12], 2'b0};
                    io_lite_ar_bits_addr <= 32'h8000_0000 | {24'b0, random[17:12], 2'b0};
                    io_lite_w_bits_data <= stir(random);
                    io_lite_w_bits_strb <= random[27:24];
                    if (random[6]) begin
                        {io_lite_aw_valid, io_lite_w_valid, lite_wrote} <= 3'b111;
                    end else begin
                        {io_lite_ar_valid, lite_reads} <= 2'b11;
                    end
                end
            end else begin
                if (io_lite_aw_ready) io_lite_aw_valid <= 0;
                if (io_lite_w_ready) io_lite_w_valid <= 0;
                if (io_lite_ar_ready) io_lite_ar_valid <= 0;
                if (lite_wrote && io_lite_b_valid) begin
                    lite_wrote <= 0;
                    transfers[2] <= transfers[2] + 1;
                    if (io_lite_b_bits_resp != 0) errors <= errors + 1;
                    for (int i = 0; i < 4; i++)
                        if (io_lite_w_bits_strb[i])
                            lite_copy[io_lite_aw_bits_addr[7:2]][i*8+:8] = io_lite_w_bits_data[i*8+:8];
                end
                if (lite_reads && io_lite_r_valid && io_lite_r_ready) begin
                    lite_reads <= 0;
                    transfers[2] <= transfers[2] + 1;
                    if (io_lite_r_bits_data != lite_copy[io_lite_ar_bits_addr[7:2]] || io_lite_r_bits_resp != 0)
                        errors <= errors + 1;
                end
            end
        end
    end
endmodule
