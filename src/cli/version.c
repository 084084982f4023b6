// quid --version: what somebody who reports a fault, or compares two machines, needs to know of a
// build.
#include "options.h"

#include "page.h"
#include "version.h"

static const char *presence(bool is_there)
{
    return is_there ? "yes" : "no";
}

void print_version(FILE *stream)
{
    fprintf(stream, "quid %s\n", QUID_VERSION);
    fprintf(stream, "commit: %s\n", BUILD_COMMIT[0] == '\0' ? "not known" : BUILD_COMMIT);
    fprintf(stream, "compiler: %s\n", BUILD_COMPILER);
    fprintf(stream, "build: %s for %s\n", BUILD_TYPE, BUILD_TARGET);
    if (BUILD_SANITIZERS[0] != '\0')
        fprintf(stream, "sanitizers: %s\n", BUILD_SANITIZERS);
    fprintf(stream, "page: %s\n", presence(quid_page_template_size != 0));
}
