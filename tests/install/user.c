// A program of somebody else's: what it needs of Quid it finds by pkg-config alone. Checks a deal
// and prints its page.
#include <quid.h>

#include <stdio.h>
#include <string.h>

static bool print(void *user, const char *bytes, size_t size)
{
    (void)user;
    return fwrite(bytes, 1, size, stdout) == size;
}

int main(void)
{
    static const char text[] =
        "deal \"A deal\"\nparty A\nparty B\nsource s \"Paper\"\n"
        "event court \"The court\"\n    struck 40%\n    upheld otherwise\n    on 2026-06-01\n"
        "move pay by A \"A pays\"\n    choose pay, wait\n    on 2026-07-01\n"
        "pledge p \"Aid\"\n    from A to B\n    amount 10 bn USD\n    made 2026-01-01\n"
        "worth A\n    + 2 bn USD if pay = wait\n    - 3 bn USD if pay = wait and court = struck\n"
        "2026-02-01 commit p 4 bn USD @s\n";
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    QuidText *parsed = NULL;
    QuidDeal *deal = NULL;
    QuidLedger *ledger = NULL;
    QuidOutlook *outlook = NULL;
    const QuidOutput output = {print, NULL};
    const QuidLedgerOptions settle = quid_ledger_options();
    const QuidOutlookOptions ahead = quid_outlook_options();
    QuidBriefOptions page = quid_brief_options();
    QuidStatus status = quid_context_add_file(context, (QuidString){"deal.quid", 9},
                                              (QuidString){text, sizeof text - 1}, &file);
    if (status == QUID_OK)
        status = quid_text_parse(context, file, &parsed);
    if (status == QUID_OK)
        status = quid_deal_check(context, parsed, &deal);
    if (status == QUID_OK)
        status = quid_ledger_settle(context, deal, &settle, &ledger);
    if (status == QUID_OK)
        status = quid_outlook_create(context, deal, ledger, &ahead, &outlook);
    page.outlook = outlook;
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, deal, &page, output);
    if (status != QUID_OK && quid_diagnostics_print(context, false, output) != QUID_OK)
        printf("nothing can be printed\n");
    printf("\n%s\n", quid_status_text(status));
    quid_outlook_free(outlook);
    quid_ledger_free(ledger);
    quid_deal_free(deal);
    quid_text_free(parsed);
    quid_context_free(context);
    return status == QUID_OK ? 0 : 1;
}
