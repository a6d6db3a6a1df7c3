namespace {

LightsssBorrows<DpiBorrow> s_borrows;

class Borrowing final {
    const LightsssBorrows<DpiBorrow>::Borrowing m_borrowing;

public:
    Borrowing(LightsssContext* contextp, DpiBorrow* borrowp)
        : m_borrowing{s_borrows, contextp, borrowp} {}
};

// From an import of the same context: the threads that the evaluation needs wait for that import.
bool waits_for_itself(LightsssContext* contextp) {
    if (!s_borrows.isInside(contextp)) return false;
    contextp->record(LIGHTSSS_RUNTIME,
                     "an import evaluates a model of the context that it is called from, which runs on several "
                     "threads; make that model in a context of its own", "", 0, "");
    return true;
}

}  // namespace

