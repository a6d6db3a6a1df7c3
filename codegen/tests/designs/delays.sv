module delays (
    output logic [7:0] count
);
  initial begin
    count = 0;
    forever #5 count = count + 1;
  end
endmodule
