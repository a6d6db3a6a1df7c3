// Machine timer: mtimecmp at +4000, mtime at +bff8, both 64 bits wide. mtime counts cycles.
module timer (
    input  logic        clk,
    input  logic        rst,
    input  logic        write,
    input  logic [15:0] address,
    input  logic [31:0] write_data,
    output logic [31:0] read_data,
    output logic        interrupt
);

  localparam logic [15:0] MTIMECMP_LOW  = 16'h4000;
  localparam logic [15:0] MTIMECMP_HIGH = 16'h4004;
  localparam logic [15:0] MTIME_LOW     = 16'hbff8;
  localparam logic [15:0] MTIME_HIGH    = 16'hbffc;

  logic [63:0] mtime;
  logic [63:0] mtimecmp;

  assign interrupt = mtime >= mtimecmp;

  always_comb begin
    unique case (address)
      MTIMECMP_LOW:  read_data = mtimecmp[31:0];
      MTIMECMP_HIGH: read_data = mtimecmp[63:32];
      MTIME_LOW:     read_data = mtime[31:0];
      MTIME_HIGH:    read_data = mtime[63:32];
      default:       read_data = '0;
    endcase
  end

  always_ff @(posedge clk) begin
    mtime <= mtime + 64'd1;
    if (write) begin
      unique case (address)
        MTIMECMP_LOW:  mtimecmp[31:0] <= write_data;
        MTIMECMP_HIGH: mtimecmp[63:32] <= write_data;
        MTIME_LOW:     mtime[31:0] <= write_data;
        MTIME_HIGH:    mtime[63:32] <= write_data;
        default:       ;
      endcase
    end
    if (rst) begin
      mtime    <= '0;
      mtimecmp <= '1;
    end
  end

endmodule
