// A port of each width that fits into an integer, in both directions.
module widths (
    input  logic clk,
    input  logic i1,
    input  logic [1:0] i2,
    input  logic [2:0] i3,
    input  logic [3:0] i4,
    input  logic [4:0] i5,
    input  logic [5:0] i6,
    input  logic [6:0] i7,
    input  logic [7:0] i8,
    input  logic [8:0] i9,
    input  logic [9:0] i10,
    input  logic [10:0] i11,
    input  logic [11:0] i12,
    input  logic [12:0] i13,
    input  logic [13:0] i14,
    input  logic [14:0] i15,
    input  logic [15:0] i16,
    input  logic [16:0] i17,
    input  logic [17:0] i18,
    input  logic [18:0] i19,
    input  logic [19:0] i20,
    input  logic [20:0] i21,
    input  logic [21:0] i22,
    input  logic [22:0] i23,
    input  logic [23:0] i24,
    input  logic [24:0] i25,
    input  logic [25:0] i26,
    input  logic [26:0] i27,
    input  logic [27:0] i28,
    input  logic [28:0] i29,
    input  logic [29:0] i30,
    input  logic [30:0] i31,
    input  logic [31:0] i32,
    input  logic [32:0] i33,
    input  logic [33:0] i34,
    input  logic [34:0] i35,
    input  logic [35:0] i36,
    input  logic [36:0] i37,
    input  logic [37:0] i38,
    input  logic [38:0] i39,
    input  logic [39:0] i40,
    input  logic [40:0] i41,
    input  logic [41:0] i42,
    input  logic [42:0] i43,
    input  logic [43:0] i44,
    input  logic [44:0] i45,
    input  logic [45:0] i46,
    input  logic [46:0] i47,
    input  logic [47:0] i48,
    input  logic [48:0] i49,
    input  logic [49:0] i50,
    input  logic [50:0] i51,
    input  logic [51:0] i52,
    input  logic [52:0] i53,
    input  logic [53:0] i54,
    input  logic [54:0] i55,
    input  logic [55:0] i56,
    input  logic [56:0] i57,
    input  logic [57:0] i58,
    input  logic [58:0] i59,
    input  logic [59:0] i60,
    input  logic [60:0] i61,
    input  logic [61:0] i62,
    input  logic [62:0] i63,
    input  logic [63:0] i64,
    output logic o1,
    output logic [1:0] o2,
    output logic [2:0] o3,
    output logic [3:0] o4,
    output logic [4:0] o5,
    output logic [5:0] o6,
    output logic [6:0] o7,
    output logic [7:0] o8,
    output logic [8:0] o9,
    output logic [9:0] o10,
    output logic [10:0] o11,
    output logic [11:0] o12,
    output logic [12:0] o13,
    output logic [13:0] o14,
    output logic [14:0] o15,
    output logic [15:0] o16,
    output logic [16:0] o17,
    output logic [17:0] o18,
    output logic [18:0] o19,
    output logic [19:0] o20,
    output logic [20:0] o21,
    output logic [21:0] o22,
    output logic [22:0] o23,
    output logic [23:0] o24,
    output logic [24:0] o25,
    output logic [25:0] o26,
    output logic [26:0] o27,
    output logic [27:0] o28,
    output logic [28:0] o29,
    output logic [29:0] o30,
    output logic [30:0] o31,
    output logic [31:0] o32,
    output logic [32:0] o33,
    output logic [33:0] o34,
    output logic [34:0] o35,
    output logic [35:0] o36,
    output logic [36:0] o37,
    output logic [37:0] o38,
    output logic [38:0] o39,
    output logic [39:0] o40,
    output logic [40:0] o41,
    output logic [41:0] o42,
    output logic [42:0] o43,
    output logic [43:0] o44,
    output logic [44:0] o45,
    output logic [45:0] o46,
    output logic [46:0] o47,
    output logic [47:0] o48,
    output logic [48:0] o49,
    output logic [49:0] o50,
    output logic [50:0] o51,
    output logic [51:0] o52,
    output logic [52:0] o53,
    output logic [53:0] o54,
    output logic [54:0] o55,
    output logic [55:0] o56,
    output logic [56:0] o57,
    output logic [57:0] o58,
    output logic [58:0] o59,
    output logic [59:0] o60,
    output logic [60:0] o61,
    output logic [61:0] o62,
    output logic [62:0] o63,
    output logic [63:0] o64
);
    always_ff @(posedge clk) begin
        o1 <= o1 ^ (i1 + 1'(1));
        o2 <= o2 ^ (i2 + 2'(0));
        o3 <= o3 ^ (i3 + 3'(1));
        o4 <= o4 ^ (i4 + 4'(0));
        o5 <= o5 ^ (i5 + 5'(1));
        o6 <= o6 ^ (i6 + 6'(0));
        o7 <= o7 ^ (i7 + 7'(1));
        o8 <= o8 ^ (i8 + 8'(0));
        o9 <= o9 ^ (i9 + 9'(1));
        o10 <= o10 ^ (i10 + 10'(0));
        o11 <= o11 ^ (i11 + 11'(1));
        o12 <= o12 ^ (i12 + 12'(0));
        o13 <= o13 ^ (i13 + 13'(1));
        o14 <= o14 ^ (i14 + 14'(0));
        o15 <= o15 ^ (i15 + 15'(1));
        o16 <= o16 ^ (i16 + 16'(0));
        o17 <= o17 ^ (i17 + 17'(1));
        o18 <= o18 ^ (i18 + 18'(0));
        o19 <= o19 ^ (i19 + 19'(1));
        o20 <= o20 ^ (i20 + 20'(0));
        o21 <= o21 ^ (i21 + 21'(1));
        o22 <= o22 ^ (i22 + 22'(0));
        o23 <= o23 ^ (i23 + 23'(1));
        o24 <= o24 ^ (i24 + 24'(0));
        o25 <= o25 ^ (i25 + 25'(1));
        o26 <= o26 ^ (i26 + 26'(0));
        o27 <= o27 ^ (i27 + 27'(1));
        o28 <= o28 ^ (i28 + 28'(0));
        o29 <= o29 ^ (i29 + 29'(1));
        o30 <= o30 ^ (i30 + 30'(0));
        o31 <= o31 ^ (i31 + 31'(1));
        o32 <= o32 ^ (i32 + 32'(0));
        o33 <= o33 ^ (i33 + 33'(1));
        o34 <= o34 ^ (i34 + 34'(0));
        o35 <= o35 ^ (i35 + 35'(1));
        o36 <= o36 ^ (i36 + 36'(0));
        o37 <= o37 ^ (i37 + 37'(1));
        o38 <= o38 ^ (i38 + 38'(0));
        o39 <= o39 ^ (i39 + 39'(1));
        o40 <= o40 ^ (i40 + 40'(0));
        o41 <= o41 ^ (i41 + 41'(1));
        o42 <= o42 ^ (i42 + 42'(0));
        o43 <= o43 ^ (i43 + 43'(1));
        o44 <= o44 ^ (i44 + 44'(0));
        o45 <= o45 ^ (i45 + 45'(1));
        o46 <= o46 ^ (i46 + 46'(0));
        o47 <= o47 ^ (i47 + 47'(1));
        o48 <= o48 ^ (i48 + 48'(0));
        o49 <= o49 ^ (i49 + 49'(1));
        o50 <= o50 ^ (i50 + 50'(0));
        o51 <= o51 ^ (i51 + 51'(1));
        o52 <= o52 ^ (i52 + 52'(0));
        o53 <= o53 ^ (i53 + 53'(1));
        o54 <= o54 ^ (i54 + 54'(0));
        o55 <= o55 ^ (i55 + 55'(1));
        o56 <= o56 ^ (i56 + 56'(0));
        o57 <= o57 ^ (i57 + 57'(1));
        o58 <= o58 ^ (i58 + 58'(0));
        o59 <= o59 ^ (i59 + 59'(1));
        o60 <= o60 ^ (i60 + 60'(0));
        o61 <= o61 ^ (i61 + 61'(1));
        o62 <= o62 ^ (i62 + 62'(0));
        o63 <= o63 ^ (i63 + 63'(1));
        o64 <= o64 ^ (i64 + 64'(0));
    end
endmodule
