// Any bytes as what somebody types behind --set, over a deal that has everything a setting can
// name.
#include "fuzz.h"

static const char deal[] =
    "deal \"x\"\n  currency USD\nparty A\nparty B\nsource s\npledge p\n  from A to B\n"
    "  amount 10 bn USD\n  made 2025-01-01\n  due 2026-01-01\n  committed at end\n"
    "event court\n  struck 40%\n  upheld otherwise\n  between 2025-02-01 and 2025-06-30\n"
    "secret need of A\n  urgent 30%\n  calm otherwise\n"
    "let share = 10% to 30%\nlet cost = 2 bn USD to 5 bn USD\n"
    "move m by A\n  choose pay, wait\n  on 2025-03-01, 2025-07-01\n  until pay\n"
    "move n by B\n  choose go, stay\n  on 2025-05-01\n"
    "milestone end\n  after m, 2025-08-01\n  needs m = pay\n  takes 2 to 8 months\n"
    "  due 2026-01-01\nmilestone start\n  after 2025-02-01\n"
    "worth A\n  + 9 bn USD if n = go\n  - cost if m = pay and not court = struck\n"
    "  - 4 bn USD if need = urgent and not m = pay\n"
    "worth B\n  + 6 bn USD * share if m = pay\n  - 1 bn USD if n = go\n"
    "ask \"When?\" when end\nask \"Paid?\" chance m = pay\nask \"Which?\" choice of m\n"
    "ask \"Odds?\" break even of court.struck for m\n"
    "2025-01-02 commit p 1 bn USD @s\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidFileId settings = {0};
    const QuidString whole = {deal, sizeof deal - 1};
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.quid"), whole, &file) == QUID_OK &&
        quid_context_add_file(context, QUID_FUZZ_NAME("--set"), bytes, &settings) == QUID_OK)
        fuzz_run(context, file, settings);
    quid_context_free(context);
    return 0;
}
