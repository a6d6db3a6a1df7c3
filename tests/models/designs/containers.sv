// Queues, dynamic and associative arrays, unpacked structs and classes.
module containers (
    input  logic        clk,
    input  logic [15:0] a,
    output logic [15:0] y,
    output logic [31:0] sizes
);
    typedef struct {
        int          count;
        logic [15:0] last;
        string       name;
    } record_t;
    class Tally;
        int value;
        function void add(int by);
            value += by;
        endfunction
    endclass
    logic [15:0] fifo[$];
    int dynamic[];
    int sparse[int];
    record_t record;
    Tally tally;
    initial begin
        tally = new;
        dynamic = new[4];
    end
    always @(posedge clk) begin
        fifo.push_back(a);
        if (fifo.size() > 7) y = fifo.pop_front();
        dynamic[{30'b0, a[1:0]}] += 32'(a[7:4]);
        if (a[3:0] == 9) dynamic = new[dynamic.size() < 32 ? dynamic.size() + 1 : 4];
        sparse[{26'b0, a[5:0]}] = 32'(a);
        record.count++;
        record.last = a;
        if (a[4:0] == 3) record.name = $sformatf("n%0d", a);
        tally.add(32'(a[2:0]));
        sizes = 32'(dynamic.size()) + 32'(sparse.num()) + 32'(tally.value) + 32'(record.count)
                 + 32'(record.name.len());
    end
endmodule
