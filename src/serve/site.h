// serve: the deals of a folder as pages, kept until a file of theirs changes.
#ifndef QUID_SERVE_SITE_H
#define QUID_SERVE_SITE_H

#include "io.h"
#include "run.h"

#define SITE_DEAL_COUNT_MAX 200u
#define SITE_FILE_COUNT_MAX 64u // of a deal, that are watched

typedef struct SiteFile {
    char *path;
    int64_t changed; // nanoseconds; -1: it is gone
    int64_t size;
} SiteFile;

typedef struct SiteDeal {
    char *name; // in the address
    char *path;
    SiteFile files[SITE_FILE_COUNT_MAX];
    uint32_t file_count;
    QuidIoBuffer page;    // empty: to be made
    QuidIoBuffer summary; // JSON: name, brief or null, model, diagnostics; likewise
} SiteDeal;

typedef struct Site {
    const Options *options;
    SiteDeal deals[SITE_DEAL_COUNT_MAX];
    uint32_t deal_count;
} Site;

// Adds the deals among the command's files: a folder stands for its *.quid and each of its folders'
// deal.quid. false: no memory. Called again it adds what is new.
bool site_find(Site *site);
void site_free(Site *site);
SiteDeal *site_deal(Site *site, const char *name);

// Made where they are not there yet. false: no memory.
bool site_make_page(Site *site, SiteDeal *deal);
bool site_make_summary(Site *site, SiteDeal *deal);

// Looks at the files: true where one is another than when the deal was made last; it is then to be
// made anew.
bool site_has_changed(SiteDeal *deal);

#endif
