// Rust's side of the imports. Each returns false when it panicked.
struct DpiTable final {
    $functions$
};

// The imports, as a call into the model borrows them from the harness.
struct DpiBorrow final {
    const DpiTable* tablep;
    void* env;
};

