// Queues: of numbers, of wide values, of structs, of queues, bounded.
module queues (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y,
    output logic [69:0] w,
    output logic [31:0] sizes
);
    typedef struct {
        logic [15:0] value;
        int          count;
    } item_t;
    logic [15:0] fifo[$];
    logic [69:0] wide[$];
    item_t       items[$];
    logic [ 7:0] bounded[$:9];
    item_t       item;
    always @(posedge clk) begin
        fifo.push_back(a);
        if (fifo.size() > 7) y = fifo.pop_front();
        if (a[0]) fifo.push_front(~a);
        if (fifo.size() > 20) fifo.delete();
        wide.push_front({a, 54'(sizes)});
        if (wide.size() > 5) w = wide.pop_back();
        item.value = a;
        item.count = items.size();
        items.push_back(item);
        if (items.size() > int'(a[4:0])) begin
            item = items.pop_front();
            y = y ^ item.value;
        end
        bounded.push_back(a[7:0]);
        if (a[3:0] == 7) bounded.delete(0);
        sizes = 32'(fifo.size()) + 32'(items.size()) * 256 + 32'(bounded.size()) * 65536;
    end
endmodule
