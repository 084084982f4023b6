// serve: the deals of a folder as pages, kept until a file of theirs changes.
#ifndef QUID_SERVE_SITE_H
#define QUID_SERVE_SITE_H

#include "io.h"
#include "run.h"

#define SITE_DEAL_COUNT_MAX 200u
#define SITE_FILE_COUNT_MAX 64u // of a deal, that are watched

// Bytes that many answers send at once; freed with the last who holds them.
typedef struct SiteBytes {
    char *bytes;
    size_t size;
    uint32_t holder_count;
} SiteBytes;

typedef struct SiteFile {
    char *path;
    int64_t changed; // nanoseconds; -1: it is gone
    int64_t size;
} SiteFile;

typedef struct SiteFiles {
    SiteFile list[SITE_FILE_COUNT_MAX];
    uint32_t count;
} SiteFiles;

typedef enum SiteKind {
    SITE_PAGE,    // HTML
    SITE_SUMMARY, // JSON: name, brief or null, model, diagnostics
    SITE_KIND_COUNT,
} SiteKind;

typedef struct SiteDeal {
    char *name; // in the address
    char *path;
    SiteFiles files;
    SiteBytes *made[SITE_KIND_COUNT]; // NULL: to be made
    bool is_making[SITE_KIND_COUNT];
} SiteDeal;

typedef struct Site {
    const Options *options;
    SiteDeal deals[SITE_DEAL_COUNT_MAX];
    uint32_t deal_count;
    SiteBytes *list; // the summaries as one; NULL: to be put together
} Site;

// Adds the deals among the command's files: a folder stands for its *.quid and each of its folders'
// deal.quid. false: no memory. Called again it adds what is new.
bool site_find(Site *site);
void site_free(Site *site);
SiteDeal *site_deal(Site *site, const char *name);

// What is made of a deal, and the files that it came from. Touches nothing of the site but its
// options, and a deal's name and path stay: it may run on a thread of its own.
typedef struct SiteMade {
    const Options *options;
    SiteDeal *deal;
    SiteKind kind;
    QuidStatus status; // not QUID_OK: there are no bytes
    QuidIoBuffer buffer;
    SiteFiles files;
} SiteMade;

void site_make(SiteMade *made);
// Takes over what was made. false: no memory, or it was not made.
bool site_keep(Site *site, SiteMade *made);

// All summaries, each of which is there. NULL: no memory.
SiteBytes *site_list(Site *site);

void site_hold(SiteBytes *bytes);
void site_release(SiteBytes *bytes);

// Looks at the files: true where one is another than when the deal was made last; it is then to be
// made anew.
bool site_has_changed(Site *site, SiteDeal *deal);

#endif
