// quid what-if: changed deals beside the deal as it is.
#include "progress.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

typedef struct Cases {
    QuidBriefCase *list;
    QuidOutlook **outlooks;
    uint32_t count;
} Cases;

static QuidStatus add_case(Run *run, Cases *cases, QuidBriefCase what, const QuidSetting *settings,
                           uint32_t count)
{
    QuidOutlookOptions options = outlook_options(run->options);
    options.answer.has_values = false;
    options.settings = settings;
    options.setting_count = count;
    const QuidStatus status = quid_outlook_create(run->context, run->deal, run->ledger, &options,
                                                  &cases->outlooks[cases->count]);
    if (status != QUID_OK)
        return status;
    what.outlook = cases->outlooks[cases->count];
    cases->list[cases->count++] = what;
    return QUID_OK;
}

// What the command line says is one case; without it, every what-if of the file is one.
static QuidStatus add_cases(Run *run, Cases *cases)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    if (run->setting_count > 0)
        return add_case(run, cases, (QuidBriefCase){.name = {"changed", 7}}, run->settings,
                        run->setting_count);
    QuidStatus status = QUID_OK;
    for (uint32_t i = 0; status == QUID_OK && i < tables->what_if_count; i++) {
        const QuidWhatIf *what_if = &tables->what_ifs[i];
        status = add_case(run, cases, (QuidBriefCase){what_if->id, what_if->label, NULL},
                          tables->settings + what_if->setting_first, what_if->setting_count);
    }
    return status;
}

static QuidStatus answer_cases(Run *run, Cases *cases)
{
    const uint32_t most = quid_deal_tables(run->deal)->what_if_count + 1;
    cases->list = calloc(most, sizeof *cases->list);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers
    cases->outlooks = calloc(most, sizeof *cases->outlooks);
    if (cases->list == NULL || cases->outlooks == NULL)
        return QUID_NO_MEMORY;
    QuidOutlookOptions options = outlook_options(run->options);
    options.answer.has_values = false;
    QuidStatus status =
        quid_outlook_create(run->context, run->deal, run->ledger, &options, &run->outlook);
    if (status == QUID_OK)
        status = add_cases(run, cases);
    clear_progress();
    return status;
}

static QuidStatus print_cases(Run *run, const Cases *cases)
{
    const QuidBriefOptions how = brief_options(run);
    if (cases->count == 0) {
        fprintf(stderr, "quid: %s has no what-if; give one: --set NAME=VALUE\n", run->path);
        return QUID_INVALID;
    }
    return quid_brief_what_if(run->context, run->ledger, run->deal, cases->list, cases->count, &how,
                              quid_io_output(&run->output));
}

int compare_what_ifs(const Options *options)
{
    static Run run;
    Cases cases = {NULL, NULL, 0};
    if (!open_run(&run, options, options->files[0], options->as_of))
        return EXIT_MACHINE;
    QuidStatus status = read_deal(&run);
    if (status == QUID_OK)
        status = settle_facts(&run);
    if (status == QUID_OK)
        status = answer_cases(&run, &cases);
    print_diagnostics(&run);
    if (status == QUID_OK)
        status = print_cases(&run, &cases);
    const int code = finish_run(&run, status);
    for (uint32_t i = 0; i < cases.count; i++)
        quid_outlook_free(cases.outlooks[i]);
    free(cases.outlooks);
    free(cases.list);
    close_run(&run);
    return code;
}
