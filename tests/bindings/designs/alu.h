struct Helper final {
    int m_x;
    int shifted() const {
        static int s_once = m_x + OFFSET;
        return m_x + OFFSET + (s_once & 0);
    }
};
