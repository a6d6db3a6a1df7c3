// 66 ports.
module ports66 (
    input  logic clk,
    input  logic [15:0] in_0,
    input  logic [15:0] in_1,
    input  logic [15:0] in_2,
    input  logic [15:0] in_3,
    input  logic [15:0] in_4,
    input  logic [15:0] in_5,
    input  logic [15:0] in_6,
    input  logic [15:0] in_7,
    input  logic [15:0] in_8,
    input  logic [15:0] in_9,
    input  logic [15:0] in_10,
    input  logic [15:0] in_11,
    input  logic [15:0] in_12,
    input  logic [15:0] in_13,
    input  logic [15:0] in_14,
    input  logic [15:0] in_15,
    input  logic [15:0] in_16,
    input  logic [15:0] in_17,
    input  logic [15:0] in_18,
    input  logic [15:0] in_19,
    input  logic [15:0] in_20,
    input  logic [15:0] in_21,
    input  logic [15:0] in_22,
    input  logic [15:0] in_23,
    input  logic [15:0] in_24,
    input  logic [15:0] in_25,
    input  logic [15:0] in_26,
    input  logic [15:0] in_27,
    input  logic [15:0] in_28,
    input  logic [15:0] in_29,
    input  logic [15:0] in_30,
    input  logic [15:0] in_31,
    input  logic [15:0] in_32,
    output logic [15:0] out_0,
    output logic [15:0] out_1,
    output logic [15:0] out_2,
    output logic [15:0] out_3,
    output logic [15:0] out_4,
    output logic [15:0] out_5,
    output logic [15:0] out_6,
    output logic [15:0] out_7,
    output logic [15:0] out_8,
    output logic [15:0] out_9,
    output logic [15:0] out_10,
    output logic [15:0] out_11,
    output logic [15:0] out_12,
    output logic [15:0] out_13,
    output logic [15:0] out_14,
    output logic [15:0] out_15,
    output logic [15:0] out_16,
    output logic [15:0] out_17,
    output logic [15:0] out_18,
    output logic [15:0] out_19,
    output logic [15:0] out_20,
    output logic [15:0] out_21,
    output logic [15:0] out_22,
    output logic [15:0] out_23,
    output logic [15:0] out_24,
    output logic [15:0] out_25,
    output logic [15:0] out_26,
    output logic [15:0] out_27,
    output logic [15:0] out_28,
    output logic [15:0] out_29,
    output logic [15:0] out_30,
    output logic [15:0] out_31
);
    always_ff @(posedge clk) begin
        out_0 <= in_0 - in_1 + out_5;
        out_1 <= in_1 - in_2 + out_6;
        out_2 <= in_2 - in_3 + out_7;
        out_3 <= in_3 - in_4 + out_8;
        out_4 <= in_4 - in_5 + out_9;
        out_5 <= in_5 - in_6 + out_10;
        out_6 <= in_6 - in_7 + out_11;
        out_7 <= in_7 - in_8 + out_12;
        out_8 <= in_8 - in_9 + out_13;
        out_9 <= in_9 - in_10 + out_14;
        out_10 <= in_10 - in_11 + out_15;
        out_11 <= in_11 - in_12 + out_16;
        out_12 <= in_12 - in_13 + out_17;
        out_13 <= in_13 - in_14 + out_18;
        out_14 <= in_14 - in_15 + out_19;
        out_15 <= in_15 - in_16 + out_20;
        out_16 <= in_16 - in_17 + out_21;
        out_17 <= in_17 - in_18 + out_22;
        out_18 <= in_18 - in_19 + out_23;
        out_19 <= in_19 - in_20 + out_24;
        out_20 <= in_20 - in_21 + out_25;
        out_21 <= in_21 - in_22 + out_26;
        out_22 <= in_22 - in_23 + out_27;
        out_23 <= in_23 - in_24 + out_28;
        out_24 <= in_24 - in_25 + out_29;
        out_25 <= in_25 - in_26 + out_30;
        out_26 <= in_26 - in_27 + out_31;
        out_27 <= in_27 - in_28 + out_0;
        out_28 <= in_28 - in_29 + out_1;
        out_29 <= in_29 - in_30 + out_2;
        out_30 <= in_30 - in_31 + out_3;
        out_31 <= in_31 - in_32 + out_4;
    end
endmodule
