namespace {

// Thread-local variables of the program itself, which need no call to be reached.
__attribute__((tls_model("initial-exec"))) thread_local DpiBorrow* s_borrowp = nullptr;
__attribute__((tls_model("initial-exec"))) thread_local LightsssContext* s_contextp = nullptr;

class Borrowing final {
    DpiBorrow* const m_earlierp = s_borrowp;
    LightsssContext* const m_earlierContextp = s_contextp;

public:
    Borrowing(LightsssContext* contextp, DpiBorrow* borrowp) {
        s_borrowp = borrowp;
        s_contextp = contextp;
    }
    ~Borrowing() {
        s_borrowp = m_earlierp;
        s_contextp = m_earlierContextp;
    }
};

}  // namespace

