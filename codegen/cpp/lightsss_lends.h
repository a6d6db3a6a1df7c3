// What calls into models of one class lend to their DPI imports, where those come from the threads of a pool:
// none of these knows its model, but each its context, of which one evaluation at a time goes on.
#ifndef LIGHTSSS_LENDS_H_
#define LIGHTSSS_LENDS_H_

#include "lightsss_verilated.h"

#include <map>
#include <mutex>
#include <thread>

template <typename T_Lend>
class LightsssLends final {
    struct Place final {
        T_Lend* m_lendp = nullptr;  // Of the innermost call
        unsigned m_calls = 0;
        std::mutex m_borrowing;  // One import at a time
        std::atomic<std::thread::id> m_borrower{std::thread::id{}};
    };
    std::mutex m_mutex;  // Protects the map; places stay where they are
    std::map<const VerilatedContext*, Place> m_places;

    Place* find(const VerilatedContext* contextp) {
        const std::lock_guard<std::mutex> lock{m_mutex};
        const auto it = m_places.find(contextp);
        return it == m_places.end() ? nullptr : &it->second;
    }

public:
    // For the length of a call.
    class Lending final {
        LightsssLends& m_lends;
        const VerilatedContext* const m_contextp;
        T_Lend* m_earlierp;

    public:
        Lending(LightsssLends& lends, const VerilatedContext* contextp, T_Lend* lendp)
            : m_lends{lends}
            , m_contextp{contextp} {
            const std::lock_guard<std::mutex> lock{m_lends.m_mutex};
            Place& place = m_lends.m_places[contextp];
            ++place.m_calls;
            m_earlierp = place.m_lendp;
            place.m_lendp = lendp;
        }
        ~Lending() {
            const std::lock_guard<std::mutex> lock{m_lends.m_mutex};
            Place& place = m_lends.m_places[m_contextp];
            place.m_lendp = m_earlierp;
            if (!--place.m_calls) m_lends.m_places.erase(m_contextp);
        }
    };

    // Whether the calling thread is inside an import of a model of that context. The threads of the pool may wait
    // for that import to end, so no other evaluation can have them.
    bool isInside(const VerilatedContext* contextp) {
        Place* const placep = find(contextp);
        return placep && placep->m_borrower == std::this_thread::get_id();
    }

    // Calls `call` with what is lent in the context of the calling thread, unless nothing is.
    template <typename T_Call>
    void borrow(T_Call&& call) {
        Place* const placep = find(Verilated::threadContextp());
        if (!placep || !placep->m_lendp) return;
        const std::lock_guard<std::mutex> lock{placep->m_borrowing};
        placep->m_borrower = std::this_thread::get_id();
        call(placep->m_lendp);
        placep->m_borrower = std::thread::id{};
    }
};

#endif
