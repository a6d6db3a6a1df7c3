// Ports that are called like what bindings use themselves: methods, types, constants, modules, with and without the
// prefixes that accessors get.
module reserved (
    input  logic        clk,
    input  logic [ 7:0] x,
    input  logic [ 7:0] set_x,
    input  logic [ 3:0] eval_step2,
    input  logic [ 7:0] new_,
    input  logic [ 7:0] state,
    input  logic [63:0] context_,
    input  logic [ 7:0] context0,
    input  logic [ 7:0] raw,
    input  logic [ 7:0] ports,
    input  logic [ 7:0] finish,
    input  logic [ 7:0] super_,
    input  logic [ 7:0] migration,
    input  logic [ 7:0] r__x,
    input  logic [70:0] Wide,
    input  logic [ 7:0] _x,
    input  logic [ 7:0] __x,
    input  logic [ 7:0] \x-y ,
    input  logic [ 7:0] x_y,
    input  logic [ 7:0] dyn,
    input  logic [ 7:0] box,
    input  logic [ 7:0] NAME,
    input  logic [ 7:0] ffi,
    input  logic [ 7:0] Model,
    input  logic [ 7:0] Ports,
    input  logic [ 7:0] rt,
    output logic [ 7:0] q,
    output logic [ 7:0] Q,
    output logic [ 7:0] live,
    output logic [63:0] halt,
    output logic [70:0] STATE
);
    always_ff @(posedge clk) begin
        q     <= x + set_x + eval_step2 + new_ + state;
        Q     <= q ^ context0 ^ raw ^ ports ^ finish ^ super_ ^ migration ^ r__x;
        live  <= _x + __x + \x-y - x_y + dyn + box;
        halt  <= context_ + halt;
        STATE <= Wide ^ {NAME, ffi, Model, Ports, rt};
    end
endmodule
