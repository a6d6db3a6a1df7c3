// No port at all.
module empty;
    int count = 0;
    initial $display("empty starts");
endmodule
