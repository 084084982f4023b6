// quid compare.
#include "run.h"

int compare(const Options *options)
{
    (void)options;
    return EXIT_MACHINE;
}
