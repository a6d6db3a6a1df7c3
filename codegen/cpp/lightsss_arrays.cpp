// Elements of open arrays that are no vectors, for which the standard's header has no functions. Compiled once per
// Verilator version, beside the runtime.
#include "svdpi.h"
#include "verilated.h"
#include "verilated_sym_props.h"

#include <string>

namespace {

// Whether elements are reals. Early versions have them as 64 bits that are one bit wide.
template <typename Type>
auto isReal(Type type, svOpenArrayHandle, int) -> decltype(Type::VLVT_REAL, bool{}) {
    return type == Type::VLVT_REAL;
}
template <typename Type>
bool isReal(Type type, svOpenArrayHandle array, long) {
    return type == VLVT_UINT64 && svSize(array, 0) == 1;
}

// Where an element is; null where the array has elements of another kind.
void* element(svOpenArrayHandle array, bool isText, const int* indices, size_t count) {
    const auto* const varp = reinterpret_cast<const VerilatedDpiOpenVar*>(array);
    if (!varp->magicOk()) return nullptr;
    const VerilatedVarType type = varp->vltype();
    if (isText ? type != VLVT_STRING : !isReal(type, array, 0)) return nullptr;
    void* datap = varp->datap();
    for (size_t i = 0; i < count; ++i) {
        datap = varp->datapAdjustIndex(datap, static_cast<int>(i) + 1, indices[i]);
    }
    return datap;
}

}  // namespace

// The caller has compared the indices with the bounds.
extern "C" {

double* lightsss1_array_real(svOpenArrayHandle array, const int* indices, size_t count) noexcept {
    return static_cast<double*>(element(array, false, indices, count));
}

const char* lightsss1_array_text(svOpenArrayHandle array, const int* indices, size_t count) noexcept {
    const auto* const textp = static_cast<std::string*>(element(array, true, indices, count));
    return textp ? textp->c_str() : nullptr;
}

bool lightsss1_array_set_text(svOpenArrayHandle array, const int* indices, size_t count, const char* text) noexcept {
    auto* const textp = static_cast<std::string*>(element(array, true, indices, count));
    if (textp) *textp = text;
    return textp;
}

}  // extern "C"
