`define STEP 8'd1
