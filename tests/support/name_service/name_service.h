#pragma once

/// A name service of the C library's, as nsswitch.conf names them, for getaddrinfo_a(): it asks a NameServer.
/// A shared library, since the C library takes its services from those alone.
extern "C" {

/// Has this process ask the name server on that port of 127.0.0.1, and nobody else, for every host.
void sidespanAskNameServer(int port);

/// How many questions are being asked. One ends with an answer, or when its server is gone.
int sidespanQuestionsAsked();
}
