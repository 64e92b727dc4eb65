// tls_client trust FILE adds a certificate, in DER, to those that the user trusts; tls_client get URL writes
// the status that the server answers, or why it did not.
#include <windows.h>
// after windows.h
#include <wincrypt.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <sidespan/http_winhttp/winhttp_transport.h>

namespace {

int trust(const char* path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const HCERTSTORE store =
        ::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root");
    const bool isAdded = ::CertAddEncodedCertificateToStore(
                             store, X509_ASN_ENCODING, reinterpret_cast<const BYTE*>(bytes.data()),
                             static_cast<DWORD>(bytes.size()), CERT_STORE_ADD_REPLACE_EXISTING, nullptr) != 0;
    if (!isAdded) std::fprintf(stderr, "not added: error %lu\n", ::GetLastError());
    ::CertCloseStore(store, 0);
    return isAdded ? 0 : 1;
}

int get(const char* url) {
    sidespan::WinHttpTransport transport({});
    sidespan::Cancellation cancellation;
    sidespan::HttpRequest request;
    request.method = "GET";
    request.url = url;
    const auto outcome = transport.send(request, cancellation);
    if (outcome.isSuccess()) {
        std::printf("%d\n", outcome.value().status);
    } else {
        std::printf("%s\n", outcome.error().message.c_str());
    }
    return 0;
}

}

int main(int count, char** arguments) {
    if (count != 3) return 2;
    return std::string_view(arguments[1]) == "trust" ? trust(arguments[2]) : get(arguments[2]);
}
