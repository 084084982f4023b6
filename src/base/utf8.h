// UTF-8: decoding, letters, widths on a terminal.
#ifndef QUID_UTF8_H
#define QUID_UTF8_H

#include "base_internal.h"

// Decodes one scalar value at the front of bytes: returns the bytes it takes (1..4), or 0 where
// they are not UTF-8 (overlong forms and surrogates included) or size is 0.
uint32_t quid__utf8_decode(const char *bytes, size_t size, uint32_t *scalar);
// The number of bytes at the front that are valid UTF-8.
size_t quid__utf8_valid_size(const char *bytes, size_t size);
// A letter or a mark of any script (Unicode general categories L* and M*).
bool quid__is_letter(uint32_t scalar);
// Columns on a terminal: 2 for wide East Asian characters, 0 for combining marks, 1 for the rest.
uint32_t quid__scalar_width(uint32_t scalar);
uint32_t quid__text_width(QuidString text);

#endif
