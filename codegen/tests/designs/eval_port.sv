module eval_port (
    input  logic eval,
    output logic out
);
  assign out = !eval;
endmodule
