#include "Vplain_serv.h"
#include "bench.h"

int main(int, char** argv) {
    Memory memory{argv[2]};
    VerilatedContext context;
    context.threads(1);
    Vplain_serv top{&context};
    bool fetching = false, accessing = false;
    uint64_t sum = 0;
    const auto cycle = [&]() __attribute__((always_inline)) {
        top.i_ibus_ack = fetching;
        top.i_dbus_ack = accessing;
        top.clk = 0;
        top.eval();
        fetching = top.o_ibus_cyc && !top.i_ibus_ack;
        if (fetching) top.i_ibus_rdt = memory.read(top.o_ibus_adr);
        accessing = top.o_dbus_cyc && !top.i_dbus_ack;
        if (accessing) {
            if (top.o_dbus_adr >= 0x10000000) {
                sum += top.o_dbus_dat;
            } else if (top.o_dbus_we) {
                memory.write(top.o_dbus_adr, top.o_dbus_dat, top.o_dbus_sel);
            } else {
                top.i_dbus_rdt = memory.read(top.o_dbus_adr);
            }
        }
        top.clk = 1;
        top.eval();
    };
    top.i_rst = 1;
    for (int at = 0; at < 4; ++at) cycle();
    top.i_rst = 0;
    measure(argv, cycle);
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
    top.final();
}
