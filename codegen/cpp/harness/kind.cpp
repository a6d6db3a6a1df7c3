namespace {

const unsigned char s_table[] = {
$table$
};

Handle* handle(void* handlep) { return static_cast<Handle*>(handlep); }

lightsss_kind make() {
    lightsss_kind kind{};
    kind.name = "$name$";
    kind.verilator = "$version$";
    kind.fingerprint = $fingerprint$;
    kind.table = s_table;
    kind.table_length = sizeof(s_table);
    kind.bind = [](void* modelp) -> void* { return new (std::nothrow) Handle{static_cast<$class$*>(modelp)}; };
    kind.unbind = [](void* handlep) { delete handle(handlep); };
    kind.context = [](void* handlep) -> void* { return handle(handlep)->context(); };
    kind.layout = [](void* handlep, void* places, uint64_t* instances) {
        return static_cast<uint8_t*>(
            $prefix$state_layout(handle(handlep), static_cast<LightsssPlace*>(places), instances));
    };
    kind.save_entries = [](void* handlep, lightsss_write_fn write, lightsss_mark_fn mark, void* env) {
        return $prefix$state_save_entries(handle(handlep), write, mark, env);
    };
    kind.restore_entries = [](void* handlep, const uint8_t* bytes, size_t length) {
        return $prefix$state_restore_entries(handle(handlep), bytes, length);
    };
    kind.refusal = [](void* handlep) { return $prefix$state_refusal(handle(handlep)); };
    kind.mark_active = [](void* handlep) { $prefix$state_mark_active(handle(handlep)); };
    kind.settle = [](void* handlep, bool* done) { return $prefix$state_settle(handle(handlep), done); };
    kind.waits = [](void* handlep) { return $prefix$state_waits(handle(handlep)); };
    kind.save = [](void* handlep, lightsss_write_fn write, void* env) {
        return $prefix$save(handle(handlep), write, env);
    };
    kind.restore = [](void* handlep, const uint8_t* bytes, size_t length) {
        return $prefix$restore(handle(handlep), bytes, length);
    };
    kind.time = lightsss_context::time;
    kind.fields = lightsss_context::fields;
    kind.random_size = lightsss_context::randomSize;
    kind.random_save = lightsss_context::randomSave;
    kind.random_restore = lightsss_context::randomRestore;
    kind.files = lightsss_context::files;
    kind.file_open = lightsss_context::fileOpen;
    kind.file_close = lightsss_context::fileClose;
    return kind;
}

}  // namespace

const lightsss_kind *lightsss_kind_of(const $class$ *) {
    static const lightsss_kind s_kind = make();
    return &s_kind;
}
