#pragma once

#include <string>

namespace barehost {

/// A plugin's module, loaded by nothing but the dynamic loader. Throws std::runtime_error where it cannot be.
class Module {
public:
    explicit Module(const std::string& path);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    /// What it exports under that name; throws when there is none.
    template <class Function>
    [[nodiscard]] Function* function(const char* name) const {
        return reinterpret_cast<Function*>(symbol(name));
    }
    [[nodiscard]] void* handle() const noexcept { return handle_; }

    /// Whether any of it is in this process's memory.
    [[nodiscard]] static bool isMapped(const std::string& path);

private:
    [[nodiscard]] void* symbol(const char* name) const;

    void* handle_;
};

}
