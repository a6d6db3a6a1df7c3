// A model that a program in C++ owns, in a context of its own: what saving and restoring need of them. Include it first:
// it sees Verilator's own parts.
#ifndef LIGHTSSS_BORROWED_H_
#define LIGHTSSS_BORROWED_H_

#ifndef VERILATOR_VERILATED_CPP_
#define VERILATOR_VERILATED_CPP_
#endif
#include "lightsss_context_fields.h"
#include "lightsss_files.h"
#include "lightsss_generator.h"
#include "lightsss_shim_state.h"

#include <cstring>
#include <exception>
#include <new>
#include <string>

// Fields of a context, which are protected.
class LightsssContextAccess final : public VerilatedContext {
public:
    static auto& fields(VerilatedContext& context) { return context.*(&LightsssContextAccess::m_s); }
};

template <typename T_Model>
struct LightsssBorrowedHandle final {
    T_Model* const modelp;
    bool broken = false;  // For the functions that it shares with `LightsssHandle`; it never is
    bool unsettled = false;  // Never: imports are functions of the program, which can be called at any time
    std::string m_refusal;

    explicit LightsssBorrowedHandle(T_Model* modelp)
        : modelp{modelp} {}
    VerilatedContext* context() const { return modelp->contextp(); }
    template <typename T_Call>
    uint32_t look(T_Call&& call) {
        VerilatedContext* const beforep = Verilated::threadContextp();
        Verilated::threadContextp(context());
        uint32_t status = LIGHTSSS_STATUS_OK;
        try {
            m_refusal.clear();
            call();
        } catch (const std::exception& e) {
            m_refusal = e.what();
            status = LIGHTSSS_STATUS_HALTED;
        } catch (...) {
            m_refusal = "a C++ exception of unknown type";
            status = LIGHTSSS_STATUS_HALTED;
        }
        Verilated::threadContextp(beforep);
        return status;
    }
    template <typename T_Call>
    uint32_t change(T_Call&& call) {
        return look(call);
    }
    const char* refusal() const { return m_refusal.c_str(); }
    void clearPadding() { lightsss_clear_padding(LightsssContextAccess::fields(*context())); }
};

// What a snapshot holds of a context.
namespace lightsss_context {

inline VerilatedContext* of(void* contextp) { return static_cast<VerilatedContext*>(contextp); }

inline uint64_t* time(void* contextp) { return &LightsssContextAccess::fields(*of(contextp)).m_time; }

inline void fields(void* contextp, void* env, LightsssField each) {
    lightsss_each_field(LightsssContextAccess::fields(*of(contextp)), env, each);
}

using Generator = LightsssGenerator<VlRNG>;

inline size_t randomSize() { return Generator::size; }

// The generator is this thread's, which is the one that evaluates. Its first use seeds it by the context.
inline void* generator(void* contextp) {
    VerilatedContext* const beforep = Verilated::threadContextp();
    Verilated::threadContextp(of(contextp));
    void* const place = Generator::place();
    Verilated::threadContextp(beforep);
    return place;
}

inline void randomSave(void* contextp, uint8_t* bytes) {
    if (Generator::size) std::memcpy(bytes, generator(contextp), Generator::size);
}

inline void randomRestore(void* contextp, const uint8_t* bytes) {
    if (Generator::size) std::memcpy(generator(contextp), bytes, Generator::size);
}

inline void files(void* contextp, void* env, LightsssFile each) { lightsss_files(of(contextp), env, each); }

inline bool fileOpen(void* contextp, uint32_t fdi, int flags, int64_t position, const char* path) {
    return lightsss_file_open(of(contextp), fdi, flags, position, path);
}

inline void fileClose(void* contextp, uint32_t fdi) { lightsss_file_close(of(contextp), fdi); }

}  // namespace lightsss_context

#endif
