// Any bytes as a deal: parse, check, settle and brief must end in a status.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.quid"), bytes, &file) == QUID_OK)
        fuzz_run(context, file, (QuidFileId){0});
    quid_context_free(context);
    return 0;
}
