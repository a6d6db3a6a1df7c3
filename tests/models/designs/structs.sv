// Packed structs, enums and unions as ports.
package structs_pkg;
    typedef enum logic [2:0] {Idle = 0, Load = 1, Store = 2, Branch = 5} kind_t;
    typedef struct packed {
        kind_t       kind;
        logic [ 4:0] rd;
        logic [31:0] address;
    } request_t;
    typedef union packed {
        logic [31:0]     word;
        logic [3:0][7:0] bytes;
    } word_t;
    typedef struct packed {
        request_t first;
        request_t second;
        word_t    data;
    } pair_t;
endpackage

module structs
    import structs_pkg::*;
(
    input  logic       clk,
    input  logic [2:0] kind_bits,
    input  request_t   request,
    input  word_t      word,
    input  pair_t      pair,
    output kind_t      kind,
    output request_t   request_out,
    output word_t      word_out,
    output pair_t      pair_out
);
    always_ff @(posedge clk) begin
        case (kind_bits)
            0, 1: kind <= Load;
            2, 3: kind <= Store;
            4: kind <= Branch;
            default: kind <= Idle;
        endcase
        request_out.kind     <= kind;
        request_out.rd <= request.rd + 1;
        request_out.address  <= request.address ^ word.word;
        word_out.bytes[0]    <= word.bytes[3];
        word_out.bytes[1]    <= word.bytes[2] + word_out.bytes[1];
        word_out.bytes[2]    <= word.bytes[1];
        word_out.bytes[3]    <= word.bytes[0];
        pair_out.first       <= pair.second;
        pair_out.second      <= pair.first;
        pair_out.data.word   <= pair.data.word + 1;
    end
endmodule
