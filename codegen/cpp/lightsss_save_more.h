// The serialize operators that Verilator's `verilated_save.h` lacks: without them a design with
// queues, dynamic arrays, unpacked structs and unions, events, force, virtual interfaces, or
// associative arrays of such, is accepted by `--savable` and does not compile.
//
// Included in front of the generated sources. Templates only: what a model does not have costs
// nothing, and names that a version of Verilator lacks are never instantiated.
#ifndef LIGHTSSS_SAVE_MORE_H_
#define LIGHTSSS_SAVE_MORE_H_

#include "verilated.h"

#include <stdexcept>
#include <string>

class VerilatedDeserialize;
// Gives `length` if as many bytes are left: a damaged one is refused before memory is asked for.
inline size_t lightsss_bounded(const VerilatedDeserialize& os, size_t length);
// What Verilator's operator for strings does first.
#define resize(length) resize(lightsss_bounded(os, length))
#include "verilated_save.h"
#undef resize

// A restore that knows how many bytes the model has not read yet.
class LightsssCounted {
public:
    virtual size_t left() const = 0;

protected:
    ~LightsssCounted() = default;
};
inline size_t lightsss_bounded(const VerilatedDeserialize& os, size_t length) {
    const auto* const countedp = dynamic_cast<const LightsssCounted*>(&os);
    if (countedp && length > countedp->left()) {
        throw std::runtime_error("the saved state ends early");
    }
    return length;
}

#include "verilated_types.h"
#if __has_include("verilated_force.h")
#include "verilated_force.h"
#define LIGHTSSS_HAS_FORCE_
#endif

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

// The object that holds all instances of the model being saved or restored. Pointers into it are
// written as distances from its start.
struct LightsssWhole final {
    const uint8_t* m_startp = nullptr;
    size_t m_size = 0;
    // Events whose time step the next evaluation ends: before a save, and as a restore has found them. Early versions
    // leave out those that nothing waits for, which stay triggered.
    std::vector<void*> m_ending;
    static LightsssWhole& current() {
        static thread_local LightsssWhole t_whole;
        return t_whole;
    }
    // 0 is no pointer; others are one more than the distance.
    uint64_t distance(const void* ptr) const {
        if (!ptr) return 0;
        const uint8_t* const bytep = static_cast<const uint8_t*>(ptr);
        if (bytep < m_startp || bytep >= m_startp + m_size) {
            throw std::runtime_error("a pointer leads out of the model, and cannot be saved");
        }
        return static_cast<uint64_t>(bytep - m_startp) + 1;
    }
    void* pointer(uint64_t distance) const {
        if (!distance) return nullptr;
        if (distance > m_size) {
            throw std::runtime_error("a saved pointer leads out of the model");
        }
        return const_cast<uint8_t*>(m_startp + distance - 1);
    }
};

namespace lightsss_more {

// Calls its argument with each member of a struct of the design: `lightsss_supplied.h` has it for every one of a model.
template <typename T>
struct Members;

template <typename T, typename = void>
struct IsStruct : std::false_type {};
template <typename T>
struct IsStruct<T, std::void_t<decltype(sizeof(Members<T>))>> : std::true_type {};

// Stands for a reference to an interface that Verilator saves and does not declare: it always leads to the same
// instance, and is no state.
struct Nothing final {
    constexpr Nothing() {}
    const Nothing& operator[](size_t) const { return *this; }
};

// Stands for the symbol table in the save functions of classes, which have none. Verilator does not save designs that
// make objects, so nothing calls these functions.
struct NoSymbols final {
    VerilatedContext* _vm_contextp__;
};

template <typename T, typename = void>
struct IsEvent : std::false_type {};
template <typename T>
struct IsEvent<T, std::void_t<decltype(std::declval<T&>().fire()),
                              decltype(std::declval<T&>().clearFired()),
                              decltype(std::declval<T&>().clearTriggered())>> : std::true_type {};

// The event itself, of one that others share too.
template <typename T>
auto eventOf(T& event, int) -> decltype(static_cast<void*>(event.get())) {
    return event.get();
}
template <typename T>
void* eventOf(T& event, long) {
    return &event;
}

// Elements are passed on as not constant: Verilator's own operators ask for that.
template <typename T>
T& plain(const T& value) {
    return const_cast<T&>(value);
}

}  // namespace lightsss_more

template <std::size_t N>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlWide<N>& rhs) {
    return os.write(&rhs, sizeof(rhs));
}
template <std::size_t N>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlWide<N>& rhs) {
    return os.read(&rhs, sizeof(rhs));
}

inline VerilatedSerialize& operator<<(VerilatedSerialize& os, const lightsss_more::Nothing&) {
    return os;
}
inline VerilatedDeserialize& operator>>(VerilatedDeserialize& os, const lightsss_more::Nothing&) {
    return os;
}

// Of the class templates, all are declared before one is defined: they nest in any order.
template <typename T, std::size_t N>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlUnpacked<T, N>& rhs);
template <typename T, std::size_t N>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlUnpacked<T, N>& rhs);
template <typename T, size_t N>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlQueue<T, N>& rhs);
template <typename T, size_t N>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlQueue<T, N>& rhs);
template <typename K, typename V>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlAssocArray<K, V>& rhs);
template <typename T>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlClassRef<T>& rhs);
template <typename T>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlClassRef<T>& rhs);
template <typename T>
std::enable_if_t<lightsss_more::IsStruct<T>::value, VerilatedSerialize&>
operator<<(VerilatedSerialize& os, const T& rhs);
template <typename T>
std::enable_if_t<lightsss_more::IsStruct<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs);
template <typename T>
std::enable_if_t<std::is_union<T>::value, VerilatedSerialize&> operator<<(VerilatedSerialize& os,
                                                                         const T& rhs);
template <typename T>
std::enable_if_t<std::is_union<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs);
template <typename T>
std::enable_if_t<lightsss_more::IsEvent<T>::value, VerilatedSerialize&>
operator<<(VerilatedSerialize& os, const T& rhs);
template <typename T>
std::enable_if_t<lightsss_more::IsEvent<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs);

template <typename T, std::size_t N>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlUnpacked<T, N>& rhs) {
    for (size_t i = 0; i < N; ++i) os << lightsss_more::plain(rhs[i]);
    return os;
}
template <typename T, std::size_t N>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlUnpacked<T, N>& rhs) {
    for (size_t i = 0; i < N; ++i) os >> rhs[i];
    return os;
}

// Queues and dynamic arrays. The default value is part of the state: some versions set it at run
// time.
template <typename T, size_t N>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlQueue<T, N>& rhs) {
    os << lightsss_more::plain(rhs.atDefault());
    const uint32_t length = static_cast<uint32_t>(rhs.size());
    os << length;
    for (uint32_t i = 0; i < length; ++i) {
        os << lightsss_more::plain(rhs.at(static_cast<int32_t>(i)));
    }
    return os;
}
template <typename T, size_t N>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlQueue<T, N>& rhs) {
    os >> rhs.atDefault();
    uint32_t length = 0;
    os >> length;
    rhs.clear();
    // One by one: a damaged length meets the end of the bytes, which throws.
    for (uint32_t i = 0; i < length; ++i) {
        T value = rhs.atDefault();
        os >> value;
        rhs.push_back(value);
    }
    return os;
}

// As an element of another container an associative array is constant, and Verilator's operator
// wants one that is not.
template <typename K, typename V>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlAssocArray<K, V>& rhs) {
    return os << lightsss_more::plain(rhs);
}

// Handles of classes are null in a design without objects.
template <typename T>
VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlClassRef<T>& rhs) {
    if (rhs) throw std::runtime_error("an object of a class cannot be saved");
    const CData null = 0;
    return os << null;
}
template <typename T>
VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlClassRef<T>& rhs) {
    CData null = 0;
    os >> null;
    if (null) throw std::runtime_error("a saved handle of a class is not null");
    rhs = VlClassRef<T>{};
    return os;
}

template <typename T>
std::enable_if_t<lightsss_more::IsStruct<T>::value, VerilatedSerialize&>
operator<<(VerilatedSerialize& os, const T& rhs) {
    lightsss_more::Members<T>::each(lightsss_more::plain(rhs), [&os](auto& member) { os << member; });
    return os;
}
template <typename T>
std::enable_if_t<lightsss_more::IsStruct<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs) {
    lightsss_more::Members<T>::each(rhs, [&os](auto& member) { os >> member; });
    return os;
}

template <typename T>
std::enable_if_t<std::is_union<T>::value, VerilatedSerialize&> operator<<(VerilatedSerialize& os,
                                                                         const T& rhs) {
    static_assert(std::is_trivially_copyable<T>::value,
                  "a union with a member that is more than bits cannot be saved");
    return os.write(&rhs, sizeof(rhs));
}
template <typename T>
std::enable_if_t<std::is_union<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs) {
    static_assert(std::is_trivially_copyable<T>::value,
                  "a union with a member that is more than bits cannot be restored");
    return os.read(&rhs, sizeof(rhs));
}

template <typename T>
std::enable_if_t<lightsss_more::IsEvent<T>::value, VerilatedSerialize&>
operator<<(VerilatedSerialize& os, const T& rhs) {
    const bool fired = rhs.isFired();
    const std::vector<void*>& ending = LightsssWhole::current().m_ending;
    void* const eventp = lightsss_more::eventOf(const_cast<T&>(rhs), 0);
    bool ends = false;
    for (void* const endingp : ending) ends |= endingp == eventp;
    // Triggered up to the next evaluation is 1, for longer 2.
    const CData triggered = !rhs.isTriggered() ? 0 : ends ? 1 : 2;
    os << fired;
    os << triggered;
    return os;
}
template <typename T>
std::enable_if_t<lightsss_more::IsEvent<T>::value, VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T& rhs) {
    bool fired = false;
    CData triggered = 0;
    os >> fired;
    os >> triggered;
    rhs.fire();
    if (!fired) rhs.clearFired();
    if (!triggered) rhs.clearTriggered();
    if (triggered == 1) LightsssWhole::current().m_ending.push_back(lightsss_more::eventOf(rhs, 0));
    return os;
}

// Virtual interfaces: pointers to instances of the same model. The context's pointer has an
// operator of Verilator's own.
template <typename T>
std::enable_if_t<std::is_class<T>::value && !std::is_base_of<VerilatedContext, T>::value,
                 VerilatedSerialize&>
operator<<(VerilatedSerialize& os, T* const& rhs) {
    const uint64_t distance = LightsssWhole::current().distance(rhs);
    return os << distance;
}
template <typename T>
std::enable_if_t<std::is_class<T>::value && !std::is_base_of<VerilatedContext, T>::value,
                 VerilatedDeserialize&>
operator>>(VerilatedDeserialize& os, T*& rhs) {
    uint64_t distance = 0;
    os >> distance;
    rhs = static_cast<T*>(LightsssWhole::current().pointer(distance));
    return os;
}

#ifdef LIGHTSSS_HAS_FORCE_
// Forced bits: a private list of ranges and of pointers to the values. The explicit instantiation
// of a template may name it all the same.
namespace lightsss_more {
struct ForceEntries final {};
template <auto T_member>
struct ForceAccess final {
    friend auto& access_to(ForceEntries, VlForceVec& force) { return force.*T_member; }
    friend const auto& access_to(ForceEntries, const VlForceVec& force) {
        return force.*T_member;
    }
};
auto& access_to(ForceEntries, VlForceVec& force);
const auto& access_to(ForceEntries, const VlForceVec& force);
template struct ForceAccess<&VlForceVec::m_entries>;
}  // namespace lightsss_more

inline VerilatedSerialize& operator<<(VerilatedSerialize& os, const VlForceVec& rhs) {
    const auto& entries = access_to(lightsss_more::ForceEntries{}, rhs);
    const uint32_t length = static_cast<uint32_t>(entries.size());
    os << length;
    for (const auto& entry : entries) {
        const uint32_t bounds[3] = {static_cast<uint32_t>(entry.m_lsb),
                                    static_cast<uint32_t>(entry.m_msb),
                                    static_cast<uint32_t>(entry.m_rhsLsb)};
        os.write(bounds, sizeof(bounds));
        const uint64_t distance = LightsssWhole::current().distance(entry.m_rhsDatap);
        os << distance;
    }
    return os;
}
inline VerilatedDeserialize& operator>>(VerilatedDeserialize& os, VlForceVec& rhs) {
    auto& entries = access_to(lightsss_more::ForceEntries{}, rhs);
    uint32_t length = 0;
    os >> length;
    entries.clear();
    for (uint32_t i = 0; i < length; ++i) {
        uint32_t bounds[3] = {};
        os.read(bounds, sizeof(bounds));
        uint64_t distance = 0;
        os >> distance;
        entries.push_back({static_cast<int>(bounds[0]), static_cast<int>(bounds[1]),
                           static_cast<int>(bounds[2]),
                           LightsssWhole::current().pointer(distance)});
    }
    return os;
}
#endif

#endif
