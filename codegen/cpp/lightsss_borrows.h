// The imports that calls into models of one class borrow from the harness, for models that run on several threads. A
// thread of the pool does not know its model, but it knows its context, and a context has one evaluation at a time.
#ifndef LIGHTSSS_BORROWS_H_
#define LIGHTSSS_BORROWS_H_

#include "lightsss_verilated.h"

#include <map>
#include <mutex>
#include <thread>

template <typename T_Borrow>
class LightsssBorrows final {
    struct Place final {
        T_Borrow* m_borrowp = nullptr;  // Of the innermost call
        unsigned m_calls = 0;
        std::mutex m_mutex;  // One import at a time
        std::atomic<std::thread::id> m_user{std::thread::id{}};
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
    class Borrowing final {
        LightsssBorrows& m_borrows;
        const VerilatedContext* const m_contextp;
        T_Borrow* m_earlierp;

    public:
        Borrowing(LightsssBorrows& borrows, const VerilatedContext* contextp, T_Borrow* borrowp)
            : m_borrows{borrows}
            , m_contextp{contextp} {
            const std::lock_guard<std::mutex> lock{m_borrows.m_mutex};
            Place& place = m_borrows.m_places[contextp];
            ++place.m_calls;
            m_earlierp = place.m_borrowp;
            place.m_borrowp = borrowp;
        }
        ~Borrowing() {
            const std::lock_guard<std::mutex> lock{m_borrows.m_mutex};
            Place& place = m_borrows.m_places[m_contextp];
            place.m_borrowp = m_earlierp;
            if (!--place.m_calls) m_borrows.m_places.erase(m_contextp);
        }
    };

    // Whether the calling thread is inside an import of a model of that context. The threads of the pool may wait
    // for that import to end, so no other evaluation can have them.
    bool isInside(const VerilatedContext* contextp) {
        Place* const placep = find(contextp);
        return placep && placep->m_user == std::this_thread::get_id();
    }

    // Calls `call` with what is borrowed in the context of the calling thread, unless nothing is.
    template <typename T_Call>
    void use(T_Call&& call) {
        Place* const placep = find(Verilated::threadContextp());
        if (!placep || !placep->m_borrowp) return;
        const std::lock_guard<std::mutex> lock{placep->m_mutex};
        placep->m_user = std::this_thread::get_id();
        call(placep->m_borrowp);
        placep->m_user = std::thread::id{};
    }
};

#endif
