// Where the page's tools are missing: a template of no size, and the command says what to do.
#include "page.h"

const unsigned char quid_page_template[] = {0};
const size_t quid_page_template_size = 0;

const unsigned char quid_index_page[] = {0};
const size_t quid_index_page_size = 0;
