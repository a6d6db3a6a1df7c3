// Writes random bursts and reads them back, compared with a copy of the memory of its own.
module axi4_manager #(
    parameter int WIDTH = 64,
    // A broken manager: 1 drops AWVALID, 2 changes ARADDR while it waits, 3 crosses 4 KiB, 4 ends a burst early.
    parameter int BROKEN = 0
) (
    input logic clk,
    input logic reset,

    output logic [3:0] m_axi_awid,
    output logic [31:0] m_axi_awaddr,
    output logic [7:0] m_axi_awlen,
    output logic [2:0] m_axi_awsize,
    output logic [1:0] m_axi_awburst,
    output logic m_axi_awvalid,
    input logic m_axi_awready,
    output logic [WIDTH-1:0] m_axi_wdata,
    output logic [WIDTH/8-1:0] m_axi_wstrb,
    output logic m_axi_wlast,
    output logic m_axi_wvalid,
    input logic m_axi_wready,
    input logic [3:0] m_axi_bid,
    input logic [1:0] m_axi_bresp,
    input logic m_axi_bvalid,
    output logic m_axi_bready,
    output logic [3:0] m_axi_arid,
    output logic [31:0] m_axi_araddr,
    output logic [7:0] m_axi_arlen,
    output logic [2:0] m_axi_arsize,
    output logic [1:0] m_axi_arburst,
    output logic m_axi_arvalid,
    input logic m_axi_arready,
    input logic [3:0] m_axi_rid,
    input logic [WIDTH-1:0] m_axi_rdata,
    input logic [1:0] m_axi_rresp,
    input logic m_axi_rlast,
    input logic m_axi_rvalid,
    output logic m_axi_rready,

    output logic [31:0] transfers,
    output logic [31:0] errors
);
    localparam int BYTES = WIDTH / 8;
    localparam int SIZE = $clog2(BYTES);
    localparam logic [31:0] BASE = 32'h8000_0000;

    typedef enum logic [2:0] { CHOOSE, WRITE, ANSWER, ASK, READ } state_t;
    state_t state;
    logic [31:0] random;
    logic [7:0] copy[0:4095];
    initial for (int i = 0; i < 4096; i++) copy[i] = 0;
    logic [31:0] address;
    logic [7:0] len;
    logic [2:0] size;
    logic [1:0] burst;
    logic [7:0] beat;
    logic wrong;

    function automatic logic [31:0] stir(input logic [31:0] seed);
        logic [31:0] x = seed;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return x;
    endfunction

    // The address of a beat.
    function automatic logic [31:0] at(input logic [7:0] n);
        logic [31:0] bytes = 1 << size;
        logic [31:0] whole = bytes * (32'(len) + 1);
        logic [31:0] aligned = address / bytes * bytes;
        case (burst)
            0: return address;
            2: return address / whole * whole + (aligned % whole + 32'(n) * bytes) % whole;
            default: return n == 0 ? address : aligned + 32'(n) * bytes;
        endcase
    endfunction

    // The lanes that a beat may use.
    function automatic logic [BYTES-1:0] lanes(input logic [7:0] n);
        logic [31:0] bytes = 1 << size;
        logic [31:0] first = at(n) % BYTES;
        logic [31:0] last = at(n) / bytes * bytes % BYTES + bytes - 1;
        logic [BYTES-1:0] mask = 0;
        for (int i = 0; i < BYTES; i++) mask[i] = i >= first && i <= last;
        return mask;
    endfunction

    function automatic logic [WIDTH-1:0] noise(input logic [31:0] seed);
        logic [WIDTH-1:0] out = 0;
        logic [31:0] x = seed;
        for (int i = 0; i < BYTES; i++) begin
            x = stir(x);
            out[i*8+:8] = x[15:8];
        end
        return out;
    endfunction

    wire [31:0] next = stir(random);
    assign m_axi_awid = address[5:2];
    assign m_axi_awaddr = address;
    assign m_axi_awlen = len;
    assign m_axi_awsize = size;
    assign m_axi_awburst = burst;
    assign m_axi_arid = address[5:2];
    assign m_axi_araddr = address + (BROKEN == 2 && random[0] ? 64 : 0);
    assign m_axi_arlen = len;
    assign m_axi_arsize = size;
    assign m_axi_arburst = burst;
    assign m_axi_arvalid = state == ASK;
    assign m_axi_wlast = beat == (BROKEN == 4 && len != 0 ? len - 1 : len);
    assign m_axi_bready = state == ANSWER;
    assign m_axi_rready = state == READ && random[4:3] != 0;

    always_ff @(posedge clk) begin
        random <= next;
        if (reset) begin
            state <= CHOOSE;
            random <= 32'h1234_5678;
            transfers <= 0;
            errors <= 0;
            m_axi_awvalid <= 0;
            m_axi_wvalid <= 0;
        end else
            case (state)
                CHOOSE: begin
                    size <= next[2:0] > 3'(SIZE) ? 3'(SIZE) : next[2:0];
                    burst <= next[4:3] == 3 ? 1 : next[4:3];
                    case (next[4:3])
                        2: len <= 8'((2 << next[6:5]) - 1);
                        0: len <= {4'b0, next[8:5]};
                        default: len <= {3'b0, next[9:5]};
                    endcase
                    address <= BASE + (next[4:3] == 2 ? {20'b0, next[21:16], 6'b0} : {21'b0, next[20:10]});
                    if (BROKEN == 3) begin
                        address <= BASE + 32'hff0;
                        {size, burst, len} <= {3'(SIZE), 2'b1, 8'd15};
                    end
                    beat <= 0;
                    m_axi_awvalid <= 1;
                    m_axi_wvalid <= 0;
                    wrong <= 0;
                    state <= WRITE;
                end
                WRITE: begin
                    if (m_axi_awvalid && (m_axi_awready || BROKEN == 1)) m_axi_awvalid <= 0;
                    if (!m_axi_wvalid) begin
                        // The data may come before its address is taken, and after it.
                        if (random[1:0] != 0) begin
                            m_axi_wvalid <= 1;
                            m_axi_wdata <= noise(random);
                            m_axi_wstrb <= BYTES'({next, random, next, random}) & lanes(beat);
                        end
                    end else if (m_axi_wready) begin
                        m_axi_wvalid <= 0;
                        for (int i = 0; i < BYTES; i++)
                            if (m_axi_wstrb[i]) copy[12'(at(beat) / BYTES * BYTES + i)] = m_axi_wdata[i*8+:8];
                        if (beat != len) beat <= beat + 1;
                        else state <= ANSWER;
                    end
                end
                ANSWER: begin
                    if (m_axi_awvalid && m_axi_awready) m_axi_awvalid <= 0;
                    if (m_axi_bvalid) begin
                        if (m_axi_bid != m_axi_awid || m_axi_bresp != 0) errors <= errors + 1;
                        beat <= 0;
                        state <= ASK;
                    end
                end
                ASK: if (m_axi_arready) state <= READ;
                READ:
                if (m_axi_rvalid && m_axi_rready) begin
                    automatic logic [BYTES-1:0] used = lanes(beat);
                    for (int i = 0; i < BYTES; i++)
                        if (used[i] && m_axi_rdata[i*8+:8] != copy[12'(at(beat) / BYTES * BYTES + i)]) wrong <= 1;
                    if (m_axi_rid != m_axi_arid || m_axi_rresp != 0 || m_axi_rlast != (beat == len)) wrong <= 1;
                    beat <= beat + 1;
                    if (beat == len) begin
                        state <= CHOOSE;
                        transfers <= transfers + 1;
                        errors <= errors + 32'(wrong);
                    end
                end
                default: state <= CHOOSE;
            endcase
    end
endmodule
