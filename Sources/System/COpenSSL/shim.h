#pragma once
// The functions of the hashes themselves are deprecated in favor of EVP, which sets up all of libcrypto before it hashes: that costs a
// millisecond and can fail. They have no provider and no state but the caller's.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
