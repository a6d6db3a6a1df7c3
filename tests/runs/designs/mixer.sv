// Lanes that are mixed independently of each other in each cycle, so that there is work for several
// threads, and with their neighbours' last values, so that the threads have to agree. Each lane is
// a variable of its own: the scheduler does not split an array.
module mixer (
    input  logic        clk,
    input  logic        reset,
    input  logic [63:0] seed,
    output logic [63:0] digest
);
  localparam int Lanes = 32;

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    logic [63:0] value, sum;
    always_ff @(posedge clk) begin
      if (reset) value <= seed + 64'(i);
      else value <= mix(mix(mix(mix(value)))) + gen_lane[(i+1)%Lanes].value;
    end
    if (i == 0) begin : gen_first
      assign sum = value;
    end else begin : gen_next
      assign sum = gen_lane[i-1].sum ^ value;
    end
  end

  assign digest = gen_lane[Lanes-1].sum;

  function automatic logic [63:0] mix(input logic [63:0] value);
    logic [63:0] first;
    first = (value ^ (value >> 29)) * 64'hbf58476d1ce4e5b9;
    return (first ^ (first >> 32)) * 64'h94d049bb133111eb;
  endfunction
endmodule
