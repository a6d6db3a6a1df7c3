// Queues of structs of queues, associative arrays of queues and of structs, unions, arrays of events.
module nested_queues (
    input  logic       clk,
    input  logic [7:0] a,
    output logic [7:0] y,
    output logic [7:0] z
);
    typedef struct {
        int          count;
        byte         list[$];
        string       text;
        real         ratio;
        logic [99:0] wide;
    } item_t;
    typedef union {
        logic [31:0] whole;
        byte         part;
    } either_t;
    item_t   items[$];
    item_t   by_number[int];
    item_t   item;
    byte     by_text[string][$];
    int      pairs[][2];
    either_t either;
    // What Verilator writes to trace an array of events is no C++.
    /*verilator tracing_off*/
    event    events[2];
    /*verilator tracing_on*/
    always @(posedge clk) begin
        item.count = item.count + 1;
        item.list.push_back(a);
        if (item.list.size() > 5) void'(item.list.pop_front());
        item.text = $sformatf("%x", a);
        item.ratio = item.ratio / 2.0 + real'(a);
        item.wide = {item.wide[91:0], a};
        items.push_back(item);
        if (items.size() > 7) void'(items.pop_front());
        by_text[item.text].push_back(a);
        by_number[int'(a)] = item;
        if (pairs.size() < 9) pairs = new[pairs.size() + 1] (pairs);
        pairs[0][1] += 1;
        either.whole = either.whole + a;
        if (a[0]) ->events[a[1]];
        y <= 8'(items[0].count) + 8'(by_text[item.text].size()) + 8'(by_number.num()) + 8'(pairs[0][1]);
        z <= either.part + 8'(items[0].list.size()) + items[0].wide[15:8] + seen;
    end
    logic [7:0] seen;
    always @(events[0]) seen <= seen + 1;
endmodule
