typedef struct {
  logic [3:0] opcode;
  int         value;
} request_t;

module structure_port (
    input  request_t request,
    output int       value
);
  assign value = request.value + int'(request.opcode);
endmodule
