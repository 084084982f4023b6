// quid fmt: files in place, or from standard input to standard output.
#include "run.h"

#include <stdlib.h>
#include <string.h>

static int write_formatted(const Options *options, const char *path, QuidString before,
                           const QuidIoBuffer *after)
{
    const bool is_same =
        before.size == after->size && memcmp(before.bytes, after->bytes, after->size) == 0;
    if (strcmp(path, "-") == 0) {
        (void)fwrite(after->bytes, 1, after->size, stdout);
        return finish_output(EXIT_DONE);
    }
    if (is_same)
        return EXIT_DONE;
    if (options->is_checking) {
        printf("%s is not in the canonical layout\n", path);
        return EXIT_INPUT;
    }
    const char *reason;
    if (quid_io_replace_file(path, after->bytes, after->size, &reason))
        return EXIT_DONE;
    fprintf(stderr, "quid: %s could not be written, and is as it was: %s\n", path, reason);
    return EXIT_MACHINE;
}

static int format_file(const Options *options, const char *path)
{
    static Run run;
    if (!open_run(&run, options, path, QUID_NO_DATE))
        return EXIT_MACHINE;
    QuidIoBuffer after = {NULL, 0, 0, false};
    const char *reason = "";
    int code;
    const QuidStatus loaded = quid_context_load_file(
        run.context, (QuidString){path, (uint32_t)strlen(path)}, &run.file, &reason);
    if (loaded != QUID_OK) {
        fprintf(stderr, "quid: %s cannot be read: %s\n", path, reason);
        code = loaded == QUID_NO_MEMORY ? EXIT_MACHINE : EXIT_INPUT;
    } else {
        const QuidStatus status =
            quid_text_format(run.context, run.file, quid_io_buffer_output(&after));
        print_diagnostics(&run);
        code =
            status == QUID_OK
                ? write_formatted(options, path, quid_context_bytes(run.context, run.file), &after)
                : exit_for(status);
    }
    free(after.bytes);
    close_run(&run);
    return code;
}

int format_files(const Options *options)
{
    int worst = EXIT_DONE;
    for (int i = 0; i < options->file_count; i++) {
        const int code = format_file(options, options->files[i]);
        worst = code > worst ? code : worst;
    }
    return finish_output(worst);
}
