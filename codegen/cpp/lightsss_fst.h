// In front of Verilator's FST writer: what it does not look at is noticed here, so that a full disk is an error of
// the trace and neither a signal nor the end of the process.
#ifndef LIGHTSSS_FST_H_
#define LIGHTSSS_FST_H_

// The trace that is being written, by the calling thread, is not whole.
void lightsss_write_failed(const char* why);

#if __has_include("gtkwave/fstapi.h")
// Up to 5.046: a C library that maps files which may be shorter than what it has written, or may have holes.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static inline int lightsss_fclose(std::FILE* fp) {
    const bool failed = std::ferror(fp) != 0;
    const int result = std::fclose(fp);
    if (failed || result) lightsss_write_failed("its file could not be written");
    return result;
}
static inline int lightsss_fflush(std::FILE* fp) {
    const int result = std::fflush(fp);
    if (result) lightsss_write_failed(std::strerror(errno));
    return result;
}
static inline int lightsss_gzwrite(gzFile file, const void* bytes, unsigned length) {
    const int written = gzwrite(file, bytes, length);
    if (written != static_cast<int>(length)) lightsss_write_failed("its file could not be written");
    return written;
}
static inline int lightsss_gzclose(gzFile file) {
    const int result = gzclose(file);
    if (result != Z_OK) lightsss_write_failed("its file could not be written");
    return result;
}
static inline void* lightsss_mmap(void* addressp, size_t length, int protection, int flags, int fd,
                                  off_t offset) {
    struct stat status;
    const bool known = fstat(fd, &status) == 0;
    const bool whole = known && status.st_size >= offset + static_cast<off_t>(length);
    // A hole that cannot be filled would be a SIGBUS when it is written to.
    const int filled = whole ? posix_fallocate(fd, offset, static_cast<off_t>(length)) : ENOSPC;
    if (filled == 0 || (whole && filled != ENOSPC && filled != EDQUOT && filled != EIO)) {
        return mmap(addressp, length, protection, flags, fd, offset);
    }
    lightsss_write_failed(std::strerror(filled));
    // In its place memory, with what there is of it.
    void* const mappedp
        = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mappedp == MAP_FAILED) return mappedp;
    size_t done = 0;
    while (done < length) {
        const ssize_t got = pread(fd, static_cast<char*>(mappedp) + done, length - done,
                                  offset + static_cast<off_t>(done));
        if (got <= 0) break;
        done += static_cast<size_t>(got);
    }
    return mappedp;
}
#define fclose lightsss_fclose
#define fflush lightsss_fflush
#define gzwrite lightsss_gzwrite
#undef gzclose
#define gzclose lightsss_gzclose
#define mmap lightsss_mmap
#endif

#if __has_include("fstcpp/fstcpp_assertion.h")
// From 5.048 on: a C++ library that never asks its stream, and ends the process where its position is wrong.
#include "fstcpp/fstcpp_assertion.h"

#include <fstream>

#undef FST_CHECK_EQ
#define FST_CHECK_EQ(a, b) \
    if ((a) != (b)) lightsss_write_failed("its file could not be written")

// The writer says `std::ofstream`.
namespace std {
class lightsss_ofstream final : public ofstream {
public:
    using ofstream::ofstream;
    ~lightsss_ofstream() { close(); }
    void close() {
        if (!is_open()) return;
        bool failed = fail();
        ofstream::close();
        failed |= fail();
        if (failed) lightsss_write_failed("its file could not be written");
    }
};
}  // namespace std
#define ofstream lightsss_ofstream
#endif

#endif
