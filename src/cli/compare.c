// quid compare: two files, or one as of two days.
#include "progress.h"
#include "run.h"

#include <string.h>

typedef struct Sides {
    Run *runs[2];
    char names[2][11]; // days
    QuidEffects *effects;
} Sides;

static QuidStatus look(Run *run)
{
    QuidStatus status = read_deal(run);
    if (status == QUID_OK)
        status = settle_facts(run);
    if (status == QUID_OK)
        status = look_ahead(run);
    return status;
}

static QuidStatus find_effects(Sides *sides)
{
    Run *last = sides->runs[1];
    QuidOutlookOptions options = outlook_options(last->options);
    options.settings = last->settings;
    options.setting_count = last->setting_count;
    const QuidStatus status = quid_outlook_effects(
        last->context, last->deal, last->options->as_of, last->outlook, last->options->min_trust,
        &options, forecasting_progress("Taking facts one by one"), &sides->effects);
    clear_progress();
    return status == QUID_CANCELLED ? QUID_OK : status;
}

static QuidBriefSide side_of(Sides *sides, int number)
{
    const Run *run = sides->runs[number];
    QuidString name = {run->path, (uint32_t)strlen(run->path)};
    if (run->options->and_date != QUID_NO_DATE) {
        quid_date_text(run->as_of, sides->names[number]);
        name = (QuidString){sides->names[number], 10};
    }
    return (QuidBriefSide){name, run->deal, run->ledger, run->outlook};
}

int compare(const Options *options)
{
    static Run before;
    static Run after;
    const bool is_two_days = options->and_date != QUID_NO_DATE;
    const char *path = options->files[options->file_count - 1];
    Sides sides = {.runs = {&before, &after}};
    if (!open_run(&before, options, options->files[0], options->as_of))
        return EXIT_MACHINE;
    // Both in one context, so that marks can point into either.
    after = (Run){.options = options,
                  .path = path,
                  .as_of = is_two_days ? options->and_date : options->as_of,
                  .context = before.context};
    QuidStatus status = look(&before);
    if (status == QUID_OK)
        status = look(&after);
    print_diagnostics(&before);
    if (status == QUID_OK && is_two_days)
        status = find_effects(&sides);
    if (status == QUID_OK) {
        const QuidBriefSide from = side_of(&sides, 0);
        const QuidBriefSide to = side_of(&sides, 1);
        const QuidBriefOptions how = brief_options(&after);
        status = quid_brief_compare(before.context, &from, &to, sides.effects, &how,
                                    quid_io_output(&before.output));
    }
    const int code = finish_run(&before, status);
    quid_effects_free(sides.effects);
    release_run(&after);
    close_run(&before);
    return code;
}
