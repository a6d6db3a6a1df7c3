// The files that a design has open. Only for sources that see Verilator's own parts: define VERILATOR_VERILATED_CPP_
// before the first header.
#ifndef LIGHTSSS_FILES_H_
#define LIGHTSSS_FILES_H_

#include "lightsss_abi.h"
#include "verilated_imp.h"

#include <cstdio>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

// Descriptors that the design may hold: those of `$fopen` with a mode, from 3 on.
constexpr IData lightsss_firstFile = 0x80000003U;
constexpr IData lightsss_lastFile = 0x80000400U;
// Those without a mode, each a bit, without that of the standard output: several may be written at once.
constexpr IData lightsss_firstChannel = 1U << 1;
constexpr IData lightsss_lastChannel = 1U << 30;

inline bool lightsss_isChannel(IData fdi) {
    return fdi >= lightsss_firstChannel && fdi <= lightsss_lastChannel && !(fdi & (fdi - 1));
}
inline bool lightsss_isDescriptor(IData fdi) {
    return lightsss_isChannel(fdi) || (fdi >= lightsss_firstFile && fdi <= lightsss_lastFile);
}

// How a file is open, as far as it matters.
constexpr int lightsss_fileMode = O_ACCMODE | O_APPEND;
inline int lightsss_modeOf(std::FILE* fp) { return fcntl(fileno(fp), F_GETFL) & lightsss_fileMode; }

inline std::string lightsss_pathOf(std::FILE* fp) {
    char path[4096];
    const std::string link = "/proc/self/fd/" + std::to_string(fileno(fp));
    const ssize_t length = readlink(link.c_str(), path, sizeof(path));
    return length > 0 ? std::string(path, static_cast<size_t>(length)) : std::string{};
}

// A file of the design, under the descriptor it had: first one that nobody misses, in its mode, in whose place then
// comes the file itself. `fopen` would empty it, or let it be read where it was open for writing only.
inline bool lightsss_openAs(VerilatedContextImp* impp, IData fdi, const char* path, int flags) {
    const int fd = open(path, (flags & lightsss_fileMode) | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return false;
    const bool appends = flags & O_APPEND;
    const char* const modep = (flags & O_ACCMODE) == O_RDONLY   ? "r"
                              : (flags & O_ACCMODE) == O_WRONLY ? (appends ? "a" : "w")
                                                                : (appends ? "a+" : "w+");
    bool done = false;
    std::vector<IData> others;  // In the way; closed at the end
    for (IData i = lightsss_firstFile; i <= lightsss_lastFile; ++i) {
        const IData got = lightsss_isChannel(fdi) ? impp->fdNewMcd("/dev/null") : impp->fdNew("/dev/null", modep);
        if (!got) break;
        if (got == fdi) {
            done = dup2(fd, fileno(impp->fdToFp(fdi))) >= 0;
            if (!done) impp->fdClose(fdi);
            break;
        }
        others.push_back(got);
    }
    for (const IData other : others) impp->fdClose(other);
    close(fd);
    return done;
}

// Calls `call` with every descriptor that the design may hold.
template <typename T_Call>
void lightsss_eachDescriptor(T_Call&& call) {
    for (IData fdi = lightsss_firstChannel; fdi <= lightsss_lastChannel; fdi <<= 1) call(fdi);
    for (IData fdi = lightsss_firstFile; fdi <= lightsss_lastFile; ++fdi) call(fdi);
}

// Calls `each` with every open file: its descriptor, its flags of `open(2)`, its position, its path.
inline void lightsss_files(VerilatedContext* contextp, void* env, LightsssFile each) {
    VerilatedContextImp* const impp = contextp->impp();
    lightsss_eachDescriptor([&](IData fdi) {
        std::FILE* const fp = impp->fdToFp(fdi);
        if (!fp) return;
        // What is buffered must be in the file, where the restored run goes on.
        std::fflush(fp);
        const std::string path = lightsss_pathOf(fp);
        each(env, fdi, fcntl(fileno(fp), F_GETFL), std::ftell(fp), path.data(), path.size());
    });
}

// Opens a file under the descriptor it had, or takes the one that is open there, and goes to its position. False if it
// cannot. Neither makes a file nor empties one.
inline bool lightsss_file_open(VerilatedContext* contextp, uint32_t fdi, int flags, int64_t position,
                               const char* path) noexcept {
    try {
        VerilatedContextImp* const impp = contextp->impp();
        if (!lightsss_isDescriptor(fdi)) return false;
        std::FILE* fp = impp->fdToFp(fdi);
        if (fp && (lightsss_pathOf(fp) != path || lightsss_modeOf(fp) != (flags & lightsss_fileMode))) {
            impp->fdClose(fdi);
            fp = nullptr;
        }
        if (!fp) {
            if (!lightsss_openAs(impp, fdi, path, flags)) return false;
            fp = impp->fdToFp(fdi);
        }
        // What has no positions has -1.
        return fp && (position < 0 || std::fseek(fp, static_cast<long>(position), SEEK_SET) == 0);
    } catch (...) { return false; }
}

// Closes a file that was not open when the model was saved.
inline void lightsss_file_close(VerilatedContext* contextp, uint32_t fdi) {
    if (lightsss_isDescriptor(fdi)) contextp->impp()->fdClose(fdi);
}

#endif
