
struct $struct$;
template <>
struct lightsss_more::Members<$struct$> final {
    template <typename T, typename T_Call>
    static void each(T& value, T_Call&& call) {
        $calls$
    }
};
