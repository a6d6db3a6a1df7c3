// The imports of dpi.sv, as `src/imports.rs` has them.
#include <cstring>
#include <string>

extern "C" {

int imp_int(int a, char b, short c, long long d) {
    return static_cast<int>(static_cast<unsigned>(a) + static_cast<unsigned>(b) * 3U
                            + static_cast<unsigned>(c) + static_cast<unsigned>(d >> 7));
}
long long imp_unsigned(unsigned a, unsigned char b, unsigned short c, unsigned long long d) {
    return static_cast<long long>(a * 5ULL + b + c + (d ^ 0xff));
}
svBit imp_bit(svBit a, svLogic b, svBit* c, svLogic* d) {
    *c = a ^ b;
    *d = *d ^ a;
    return a & b;
}
void imp_vectors(const svBitVecVal* a, svBitVecVal* b, svLogicVecVal* c, const svLogicVecVal* d) {
    for (int i = 0; i < 4; ++i) b[i] = ~a[i];
    b[3] &= 0xf;
    c[0].aval = (c[0].aval + d[0].aval) & 0x1fff;
    c[0].bval = 0;
}
double imp_real(double a, double* b, double* c) {
    *b = a * 2.0;
    *c = *c * 0.5 + a;
    return a - 1.0;
}
const char* imp_string(const char* a, const char** b) {
    static thread_local std::string s_result, s_out;
    s_out = std::string{a} + "!";
    s_result = std::string{"<"} + a + ">";
    *b = s_out.c_str();
    return s_result.c_str();
}
void* imp_new(int a) { return reinterpret_cast<void*>(static_cast<uintptr_t>(a)); }
int imp_use(void* a) { return static_cast<int>(reinterpret_cast<uintptr_t>(a)) + 1; }
void imp_fixed(const int* a, char* b, svBitVecVal* c) {
    for (int i = 0; i < 4; ++i) b[i] = static_cast<char>(a[i % 3] + i);
    for (int i = 0; i < 2; ++i) {
        c[2 * i] = c[2 * i] + static_cast<unsigned>(a[i]);
        c[2 * i + 1] = (c[2 * i + 1] + 1) & 0x1ff;
    }
}
int imp_open(const svOpenArrayHandle a) {
    unsigned sum = 0;
    for (int i = svLow(a, 1); i <= svHigh(a, 1); ++i) {
        svBitVecVal value;
        svGetBitArrElem1VecVal(&value, a, i);
        sum += value;
    }
    return static_cast<int>(sum);
}
int renamed_in_c(int type) { return type ^ 0x55; }
svBitVecVal imp_three(char a) { return static_cast<unsigned>(a) & 7U; }
svBitVecVal imp_thirteen(const svBitVecVal* a, char b) {
    return (a[0] + static_cast<unsigned char>(b)) & 0x1fffU;
}
svBitVecVal imp_all(const svBitVecVal* a) { return ~a[0]; }
// The first text of `a` moves through `b` and `c`.
int imp_texts(const char** a, const char** b, const char** c) {
    static thread_local std::string s_b[3], s_c[2];
    const std::string first = a[0], old = c[0];
    s_b[0] = first + "0";
    s_b[1] = std::string{a[1]} + "1";
    s_b[2] = first + a[1];
    s_c[0] = first;
    s_c[1] = old;
    for (int i = 0; i < 3; ++i) b[i] = s_b[i].c_str();
    for (int i = 0; i < 2; ++i) c[i] = s_c[i].c_str();
    return static_cast<int>(s_b[1].size());
}
int imp_task(int a, int* b) {
    *b = a + 9;
    return 0;
}

}  // extern "C"
