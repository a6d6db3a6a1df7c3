// Verilator's serialize operators over memory: no file, no end of the process, no read past the
// end. Bytes are Verilator's own, without its header and trailer.
#ifndef LIGHTSSS_SAVE_H_
#define LIGHTSSS_SAVE_H_

#include "lightsss_abi.h"
#include "lightsss_save_more.h"
#include "verilated_save.h"

#include <cstring>
#include <stdexcept>

class LightsssSave final : public VerilatedSerialize {
    LightsssWrite const m_write;
    void* const m_env;

public:
    LightsssSave(LightsssWrite write, void* env)
        : m_write{write}
        , m_env{env} {
        m_isOpen = true;
    }
    ~LightsssSave() override = default;
    void flush() override VL_MT_UNSAFE_ONE {
        if (m_cp != m_bufp) m_write(m_env, m_bufp, static_cast<size_t>(m_cp - m_bufp));
        m_cp = m_bufp;
    }
    void close() override VL_MT_UNSAFE_ONE { flush(); }
};

class LightsssRestore final : public VerilatedDeserialize, public LightsssCounted {
    // Verilator asks for `fill` when less than `bufferInsertSize()` is left. All but the last of
    // those bytes are read where they are; those last are copied in front of zeros, so that the
    // reader, which looks at the end only now and then, stays inside the buffer.
    const uint8_t* m_nextp;
    size_t m_left;
    uint8_t* m_limitp = nullptr;  // Behind the last byte, once that is in the buffer

public:
    LightsssRestore(const uint8_t* bytes, size_t length)
        : m_nextp{bytes}
        , m_left{length} {
        m_isOpen = true;
        m_cp = m_endp = m_bufp;
    }
    ~LightsssRestore() override = default;
    void fill() override VL_MT_UNSAFE_ONE {
        if (m_limitp && m_cp > m_limitp) throw std::runtime_error("the saved state ends early");
        const size_t kept = static_cast<size_t>(m_endp - m_cp);
        if (m_limitp) return;
        std::memmove(m_bufp, m_cp, kept);
        const size_t room = bufferSize() - bufferInsertSize() - kept;
        const size_t taken = m_left < room ? m_left : room;
        std::memcpy(m_bufp + kept, m_nextp, taken);
        m_nextp += taken;
        m_left -= taken;
        m_cp = m_bufp;
        m_endp = m_bufp + kept + taken;
        if (!m_left) {
            m_limitp = m_endp;
            std::memset(m_endp, 0, static_cast<size_t>(m_bufp + bufferSize() - m_endp));
            m_endp = m_bufp + bufferSize();
        }
    }
    size_t left() const override {
        if (!m_limitp) return m_left + static_cast<size_t>(m_endp - m_cp);
        return m_cp < m_limitp ? static_cast<size_t>(m_limitp - m_cp) : 0;
    }
    // To be called when the model has read its last byte.
    void finish() {
        if (!m_limitp) fill();
        if (m_limitp && m_cp > m_limitp) throw std::runtime_error("the saved state ends early");
        if (!m_limitp || m_cp < m_limitp) {
            throw std::runtime_error("the saved state is longer than the model's");
        }
    }
};

// Verilator's list of events whose time step the next evaluation ends, which is no part of what it saves.
template <typename Symbols>
auto lightsss_ending_events(const Symbols* symsp, int)
    -> decltype(symsp->__Vm_triggeredEvents, std::vector<void*>{}) {
    return {symsp->__Vm_triggeredEvents.begin(), symsp->__Vm_triggeredEvents.end()};
}
template <typename Symbols>
std::vector<void*> lightsss_ending_events(const Symbols*, long) {
    return {};
}
template <typename Symbols>
auto lightsss_restore_triggered(Symbols* symsp, int) -> decltype(symsp->__Vm_triggeredEvents, void()) {
    auto& events = symsp->__Vm_triggeredEvents;
    events.clear();
    for (void* const eventp : LightsssWhole::current().m_ending) {
        using Event = typename std::remove_reference_t<decltype(events)>::value_type;
        events.push_back(static_cast<Event>(eventp));
    }
}
template <typename Symbols>
void lightsss_restore_triggered(Symbols*, long) {}

#endif
