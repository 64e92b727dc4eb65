#include "tls_identities.h"

#include <atomic>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace sidespan::test {
namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

long nextSerial() {
    static std::atomic<long> serial{1};
    return serial++;
}

Key makeKey() {
    return Key(EVP_EC_gen("P-256"));
}

void addExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    if (!extension) throw std::runtime_error("no extension " + value);
    X509_add_ext(certificate, extension.get(), -1);
}

Certificate makeCertificate(EVP_PKEY* key, const std::string& name, std::chrono::hours validFor) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), nextSerial());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -48 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), std::chrono::seconds(validFor).count());
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

std::string textOf(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return textOf(bio.get());
}

std::string pem(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return textOf(bio.get());
}

}

struct TestAuthority::Impl {
    Key key = makeKey();
    Certificate certificate =
        makeCertificate(key.get(), "Test authority " + std::to_string(nextSerial()), std::chrono::hours{24});
    std::string text;
};

TestAuthority::TestAuthority() : impl_(std::make_unique<Impl>()) {
    X509* own = impl_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    addExtension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(own, own, NID_subject_key_identifier, "hash");
    X509_sign(own, impl_->key.get(), EVP_sha256());
    impl_->text = pem(own);
}

TestAuthority::~TestAuthority() = default;

const std::string& TestAuthority::certificate() const {
    return impl_->text;
}

TlsIdentity TestAuthority::issue(const std::string& host, std::chrono::hours validFor) const {
    const Key key = makeKey();
    const Certificate certificate = makeCertificate(key.get(), host, validFor);
    X509* issuer = impl_->certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
    const bool isAddress = host.find_first_not_of("0123456789.") == std::string::npos;
    addExtension(certificate.get(), issuer, NID_subject_alt_name, (isAddress ? "IP:" : "DNS:") + host);
    X509_sign(certificate.get(), impl_->key.get(), EVP_sha256());
    return {pem(certificate.get()), pem(key.get())};
}

}
