//! Cores that others wrote, with random answers from their buses: registers are added most of the time.

use lightsss_tests_support::{CoreError, IBEX, VEXRISCV};

use crate::design::Design;

const VEXRISCV_TOP: &str = "module NAME(input clk, input [31:0] answer, input [3:0] mood, output [31:0] o, output [31:0] p);
reg [3:0] n = 0; always @(posedge clk) if (n != 15) n <= n + 1;
wire [29:0] ia, da; wire ic, is, dc, ds, dw; wire [31:0] d;
wire [31:0] instruction = mood[2] | mood[3] ? answer & 32'h01f7_8f80 | 32'h33 : answer;
VexRiscv core(.clk(clk), .reset(n != 15), .externalResetVector(32'h0), .timerInterrupt(mood == 15), .softwareInterrupt(1'b0),
.externalInterruptArray({28'b0, mood}),
.iBusWishbone_CYC(ic), .iBusWishbone_STB(is), .iBusWishbone_ACK(ic & is & mood[0]), .iBusWishbone_ADR(ia),
.iBusWishbone_DAT_MISO(instruction), .iBusWishbone_ERR(1'b0),
.dBusWishbone_CYC(dc), .dBusWishbone_STB(ds), .dBusWishbone_ACK(dc & ds & mood[1]), .dBusWishbone_WE(dw), .dBusWishbone_ADR(da),
.dBusWishbone_DAT_MOSI(d), .dBusWishbone_DAT_MISO(answer), .dBusWishbone_ERR(1'b0));
assign o = {ia, ic, is}; assign p = d ^ {da, dc, dw};
endmodule
";

const IBEX_TOP: &str = "module NAME(input clk, input [31:0] answer, input [3:0] mood, output [31:0] o, output [31:0] p);
reg [3:0] n = 0; always @(posedge clk) if (n != 15) n <= n + 1;
wire ir, dr, dw; wire [31:0] ia, da, d; reg iv = 0, dv = 0;
wire [31:0] instruction = mood[2] | mood[3] ? answer & 32'h01f7_8f80 | 32'h33 : answer;
always @(posedge clk) begin iv <= ir & mood[0]; dv <= dr & mood[1]; end
ibex_top core(.clk_i(clk), .rst_ni(n == 15), .test_en_i(1'b0), .ram_cfg_i('0), .hart_id_i(0), .boot_addr_i(0),
.instr_req_o(ir), .instr_gnt_i(ir & mood[0]), .instr_rvalid_i(iv), .instr_addr_o(ia), .instr_rdata_i(instruction),
.instr_rdata_intg_i('0), .instr_err_i(1'b0),
.data_req_o(dr), .data_gnt_i(dr & mood[1]), .data_rvalid_i(dv), .data_we_o(dw), .data_addr_o(da), .data_wdata_o(d),
.data_rdata_i(answer), .data_rdata_intg_i('0), .data_err_i(1'b0),
.irq_software_i(1'b0), .irq_timer_i(mood == 15), .irq_external_i(1'b0), .irq_fast_i('0), .irq_nm_i(1'b0),
.scramble_key_valid_i(1'b0), .scramble_key_i('0), .scramble_nonce_i('0), .debug_req_i(1'b0),
.fetch_enable_i(ibex_pkg::IbexMuBiOn), .scan_rst_ni(1'b1));
assign o = ia; assign p = d ^ da ^ 32'(dw);
endmodule
";

/// The cores.
pub fn cores() -> Result<Vec<Design>, CoreError> {
    let vexriscv = VEXRISCV.sources()?;
    let ibex = IBEX.sources()?;
    let text = |path: std::path::PathBuf| path.display().to_string();
    let primitives = ibex.join("vendor/lowrisc_ip/ip");
    let simulated = ibex.join("dv/uvm/core_ibex/common/prim");
    let mut arguments = vec![format!("+incdir+{}", text(primitives.join("prim/rtl")))];
    for folder in [
        ibex.join("rtl"),
        primitives.join("prim/rtl"),
        primitives.join("prim_generic/rtl"),
        simulated.clone(),
    ] {
        arguments.extend(["-y".to_owned(), text(folder)]);
    }
    // In the order in which they need each other.
    arguments.push(text(simulated.join("prim_pkg.sv")));
    for package in ["util", "cipher", "count", "ram_1p", "secded", "mubi"] {
        arguments.push(text(
            primitives.join(format!("prim/rtl/prim_{package}_pkg.sv")),
        ));
    }
    arguments.push(text(ibex.join("rtl/ibex_pkg.sv")));
    let core = |about: &str, source: &str, arguments: Vec<String>| Design {
        about: about.to_owned(),
        source: source.to_owned(),
        trace: Some("Fst"),
        arguments,
        ..Design::default()
    };
    Ok(vec![
        core(
            "VexRiscv",
            VEXRISCV_TOP,
            vec![text(vexriscv.join("VexRiscv.v"))],
        ),
        core("Ibex", IBEX_TOP, arguments),
    ])
}
