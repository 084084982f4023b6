// Bytes as a random record of facts: each is taken or refused by the ledger as by a slow model that
// shares no code with it, and every balance is the same.
#include "fuzz.h"
#include "slow_ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t accepted = 0;
    uint32_t refused = 0;
    try_record(data, size, &accepted, &refused);
    return 0;
}
