// web: a deal's brief as one self-contained file: markup, style, script, the engine, the deal's
// text and its answers (docs/page.md).
#ifndef QUID_WEB_PAGE_H
#define QUID_WEB_PAGE_H

#include "quid/base.h"
#include "quid/brief.h"

// The template that src/web/page/build.mjs bundles; its size is 0 where the page was not built.
extern const unsigned char quid_page_template[];
extern const size_t quid_page_template_size;
// The list of deals that a server shows, whole.
extern const unsigned char quid_index_page[];
extern const size_t quid_index_page_size;

typedef struct QuidPage {
    QuidContext *context; // its files are the deal's
    const QuidLedger *ledger;
    const QuidDeal *deal;
    const QuidOutlook *outlook;
    const QuidSensitivity *sensitivity; // NULL: none
    // As the command was asked, so that the page's engine answers alike.
    uint64_t seed;
    uint64_t scenario_count;
    double min_trust;
    double precision;            // negative: the deal's own
    QuidDate as_of;              // QUID_NO_DATE: the latest fact
    const char *const *settings; // of --set
    uint32_t setting_count;
    const char *const *what_ifs; // of --what-if
    uint32_t what_if_count;
    const char *events; // where a server says that the deal changed; NULL: the page asks nobody
} QuidPage;

// OK, NO_MEMORY, IO. The template must be there.
QUID_MUST_USE QuidStatus quid_page_write(const QuidPage *page, QuidOutput output);

#endif
