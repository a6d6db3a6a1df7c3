// The import of corners.sv.
#include <string>

extern "C" int joined(const char** texts) {
    return static_cast<int>(std::string{texts[0]}.size() + std::string{texts[2]}.size());
}
