// `quid brief --html`: the page, written beside its place and moved there whole.
#include "page.h"
#include "run.h"

#include <stdlib.h>

QuidStatus print_page(const Run *run, const char *events, QuidOutput output)
{
    const Options *options = run->options;
    const QuidPage page = {
        .context = run->context,
        .ledger = run->ledger,
        .deal = run->deal,
        .outlook = run->outlook,
        .sensitivity = run->sensitivity,
        .seed = options->seed,
        .scenario_count = options->scenario_count,
        .min_trust = options->min_trust,
        .precision = options->has_precision ? options->precision : -1,
        .as_of = options->as_of,
        .settings = options->settings,
        .setting_count = (uint32_t)options->setting_count,
        .what_ifs = options->what_ifs,
        .what_if_count = (uint32_t)options->what_if_count,
        .events = events,
    };
    return quid_page_write(&page, output);
}

QuidStatus write_html(Run *run)
{
    const Options *options = run->options;
    if (quid_page_template_size == 0) {
        fprintf(stderr, "quid: this quid was built without the page; tools/setup web installs what "
                        "it needs, then build again\n");
        return QUID_INVALID;
    }
    QuidIoBuffer buffer = {NULL, 0, 0, false};
    QuidStatus status = print_page(run, NULL, quid_io_buffer_output(&buffer));
    const char *reason;
    if (status == QUID_IO)
        status = QUID_NO_MEMORY; // a buffer takes all that there is memory for
    if (status == QUID_OK &&
        !quid_io_replace_file(options->html, buffer.bytes, buffer.size, &reason)) {
        fprintf(stderr, "quid: %s could not be written, and is as it was: %s\n", options->html,
                reason);
        status = QUID_IO;
    }
    free(buffer.bytes);
    return status;
}
