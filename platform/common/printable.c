#include "platform/common/printable.h"

#include <stdio.h>
#include <string.h>

#include "platform/common/memory.h"

#define ESCAPE 4 /* characters of \xNN */

/* Bytes of the character of UTF-8 at @s; 0: it is none. @code: which one. */
static size_t character(const unsigned char *s, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    *code = n == 1 ? s[0] : n ? s[0] & (0x7fu >> n) : 0;
    for (size_t i = 1; i < n; i++) {
        if (s[i] >> 6 != 2) /* also the end of the text */
            return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return n > 0 && *code >= least[n] && *code <= 0x10ffff && !surrogate ? n : 0;
}

static bool is_control(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

bool ifc_is_utf8(const char *text)
{
    unsigned code;
    for (size_t n; *text; text += n)
        if ((n = character((const unsigned char *)text, &code)) == 0)
            return false;
    return true;
}

bool ifc_has_control(const char *text)
{
    unsigned code;
    for (size_t n; *text; text += n ? n : 1)
        if ((n = character((const unsigned char *)text, &code)) > 0 && is_control(code))
            return true;
    return false;
}

char *ifc_printable(char *out, size_t size, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t used = 0;
    while (*s) {
        unsigned code;
        size_t n = character(s, &code), bytes = n ? n : 1;
        bool plain = n > 0 && !is_control(code);
        if (used + (plain ? bytes : ESCAPE * bytes) >= size)
            break;
        for (size_t i = 0; i < bytes; i++)
            used += (size_t)sprintf(out + used, plain ? "%c" : "\\x%02x", s[i]);
        s += bytes;
    }
    if (size > 0)
        out[used] = '\0';
    return out;
}

char *ifc_printable_copy(const char *text)
{
    size_t size = ESCAPE * strlen(text) + 1;
    return ifc_printable(ifc_alloc_zero(size, 1), size, text);
}
