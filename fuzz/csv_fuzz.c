// Any bytes as a CSV file that a small deal includes.
#include "fuzz.h"

static const char deal[] =
    "deal \"x\"\nparty A\nparty B\nsource s\npledge p\n  from A to B\n  amount 10 bn USD\n"
    "  made 2025-01-01\n  due 2025-06-01\npledge q\n  from B to A\n  in p\nevent e\n  yes 40%\n"
    "  no otherwise\nmove m by A\n  choose a, b\n  on 2025-03-01\nmilestone end\n"
    "  after 2025-01-01\n  due 2025-02-01\ninclude \"fuzz.csv\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidFileId csv = {0};
    const QuidString whole = {deal, sizeof deal - 1};
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.quid"), whole, &file) == QUID_OK &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.csv"), bytes, &csv) == QUID_OK)
        fuzz_run(context, file, (QuidFileId){0});
    quid_context_free(context);
    return 0;
}
