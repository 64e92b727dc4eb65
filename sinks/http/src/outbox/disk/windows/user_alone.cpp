#include "user_alone.h"
// after windows.h
#include <aclapi.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr ACCESS_MASK anyChange = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE |
                                  WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

std::vector<std::byte> userOfThisProcess() {
    NtFile token;
    HANDLE opened = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &opened) != 0) token = NtFile(opened);
    DWORD size = 0;
    ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
    std::vector<std::byte> user(size);
    if (::GetTokenInformation(token.get(), TokenUser, user.data(), size, &size) == 0) user.clear();
    return user;
}

struct FreeLocally {
    void operator()(void* memory) const noexcept { ::LocalFree(memory); }
};

bool isOneOf(PSID who, std::initializer_list<WELL_KNOWN_SID_TYPE> kinds) noexcept {
    for (const auto kind : kinds)
        if (::IsWellKnownSid(who, kind) != 0) return true;
    return false;
}

}

UserAlone::UserAlone() : token_(userOfThisProcess()), list_(sizeof(ACL)) {
    if (user() != nullptr) list_.resize(sizeof(ACL) + sizeof(ACCESS_ALLOWED_ACE) + ::GetLengthSid(user()));
    auto* const list = reinterpret_cast<ACL*>(list_.data());
    ::InitializeAcl(list, static_cast<DWORD>(list_.size()), ACL_REVISION);
    if (user() != nullptr) {
        ::AddAccessAllowedAceEx(list, ACL_REVISION, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE,
                                FILE_ALL_ACCESS, user());
    }
    ::InitializeSecurityDescriptor(&descriptor_, SECURITY_DESCRIPTOR_REVISION);
    ::SetSecurityDescriptorDacl(&descriptor_, TRUE, list, FALSE);
    ::SetSecurityDescriptorControl(&descriptor_, SE_DACL_PROTECTED, SE_DACL_PROTECTED);
}

PSID UserAlone::user() const noexcept {
    return token_.empty() ? nullptr : reinterpret_cast<const TOKEN_USER*>(token_.data())->User.Sid;
}

bool UserAlone::isTrusted(PSID who) const noexcept {
    return (user() != nullptr && ::EqualSid(who, user()) != 0) ||
           isOneOf(who, {WinLocalSystemSid, WinBuiltinAdministratorsSid, WinCreatorOwnerSid,
                         WinCreatorOwnerRightsSid});
}

std::string_view UserAlone::wrongWith(const NtFile& directory) const {
    PSID owner = nullptr;
    ACL* list = nullptr;
    void* descriptor = nullptr;
    const auto failed = ::GetSecurityInfo(directory.get(), SE_FILE_OBJECT,
                                          OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                          nullptr, &list, nullptr, &descriptor);
    const std::unique_ptr<void, FreeLocally> freed(descriptor);
    if (failed != ERROR_SUCCESS || owner == nullptr) return "does not tell whose it is";
    if (!isTrusted(owner)) return "belongs to somebody else";
    constexpr std::string_view open = "may be written to by others; it must be the user's alone";
    if (list == nullptr) return open;
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        if (::GetAce(list, i, &entry) == 0) return open;
        auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        const bool isForThis = allowed->Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
                               (allowed->Header.AceFlags & INHERIT_ONLY_ACE) == 0;
        if (isForThis && (allowed->Mask & anyChange) != 0 && !isTrusted(&allowed->SidStart)) return open;
    }
    return {};
}

}
