/*
 * Traces as CSV. The first line names the columns; their order is free.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "workloads/requests/trace.h"

struct column {
    const char *name;
    enum ifc__column role;
};

/* NOTHING: known, and not needed. Of our own form, the columns that a run writes of its requests: what was
 * replayed can be replayed. */
static const struct form {
    ifc_trace_form form;
    bool others; /* may have columns that are not known */
    struct column columns[11];
} forms[] = {
    {IFC_TRACE_AZURE,
     false,
     {{"TIMESTAMP", IFC__TIME}, {"ContextTokens", IFC__PROMPT}, {"GeneratedTokens", IFC__ANSWER}}},
    {IFC_TRACE_BURSTGPT,
     true,
     {{"Timestamp", IFC__TIME},
      {"Session ID", IFC__SESSION},
      {"Request tokens", IFC__PROMPT},
      {"Response tokens", IFC__ANSWER}}},
    {IFC_TRACE_IFCSIM,
     false,
     {{"arrival_ps", IFC__TIME},
      {"session", IFC__SESSION},
      {"prompt", IFC__PROMPT},
      {"generated", IFC__ANSWER},
      {"blocks", IFC__BLOCKS},
      {"request", IFC__NOTHING},
      {"start_ps", IFC__NOTHING},
      {"first_token_ps", IFC__NOTHING},
      {"end_ps", IFC__NOTHING},
      {"cached", IFC__NOTHING},
      {"switched_ps", IFC__NOTHING}}},
};
enum {
    N_FORMS = sizeof forms / sizeof forms[0],
    N_COLUMNS = sizeof forms[0].columns / sizeof(struct column)
};

static const struct column *column_called(const struct form *f, const char *name, size_t length)
{
    for (int i = 0; i < N_COLUMNS && f->columns[i].name; i++)
        if (strlen(f->columns[i].name) == length && strncmp(f->columns[i].name, name, length) == 0)
            return &f->columns[i];
    return NULL;
}

static bool has_column(const char *header, const char *name)
{
    for (const char *at = header;; at++) {
        size_t length = strcspn(at, ",");
        if (strlen(name) == length && strncmp(at, name, length) == 0)
            return true;
        at += length;
        if (!*at)
            return false;
    }
}

static const char *name_of(const struct form *f, enum ifc__column role)
{
    for (int i = 0; i < N_COLUMNS && f->columns[i].name; i++)
        if (f->columns[i].role == role)
            return f->columns[i].name;
    return "";
}

/* By the column of its prompts, which each form calls another name. */
ifc_trace_form ifc__csv_form(const char *header)
{
    for (int i = 0; i < N_FORMS; i++)
        if (has_column(header, name_of(&forms[i], IFC__PROMPT)))
            return forms[i].form;
    return IFC_TRACE_BY_FIRST_LINE;
}

static const struct form *form_of(const ifc__trace *t)
{
    int i = 0;
    while (forms[i].form != t->form)
        i++;
    return &forms[i];
}

ifc_status ifc__csv_header(ifc__trace *t, ifc_error *err)
{
    const struct form *f = form_of(t);
    bool there[IFC__ROLES] = {false};
    t->columns = 0;
    for (const char *at = t->lines.text;; at++) {
        size_t length = strcspn(at, ",");
        const struct column *c = column_called(f, at, length);
        if (t->columns == IFC__COLUMNS_MAX)
            return ifc__line_fails(&t->lines, err, "more than %d columns", IFC__COLUMNS_MAX);
        if (!c && !f->others)
            return ifc__line_fails(&t->lines, err, "unknown column '%.*s' of form %s",
                                   (int)(length < 60 ? length : 60), at, ifc_trace_form_names()[t->form - 1]);
        if (c && c->role != IFC__NOTHING && there[c->role])
            return ifc__line_fails(&t->lines, err, "column '%s' is there twice", c->name);
        there[c ? c->role : IFC__NOTHING] = true;
        t->roles[t->columns++] = c ? (uint8_t)c->role : IFC__NOTHING;
        at += length;
        if (!*at)
            break;
    }
    static const enum ifc__column needed[] = {IFC__TIME, IFC__PROMPT, IFC__ANSWER};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!there[needed[i]])
            return ifc__line_fails(&t->lines, err, "no column '%s' (form %s)", name_of(f, needed[i]),
                                   ifc_trace_form_names()[t->form - 1]);
    return IFC_OK;
}

/* ---- values ---- */

bool ifc__read_decimal(const char *text, int64_t *whole, int64_t *part)
{
    const char *at = text;
    *whole = *part = 0;
    if (!isdigit((unsigned char)*at))
        return false;
    for (; isdigit((unsigned char)*at); at++) {
        if (*whole > 100000000000000000)
            return false;
        *whole = 10 * *whole + (*at - '0');
    }
    int64_t unit = 1000000000000;
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at); at++)
            *part += (unit /= 10) * (*at - '0');
    return *at == '\0';
}

const char *ifc__read_tokens(const char *text, uint64_t *out)
{
    *out = 0;
    if (!*text)
        return "a number of tokens is missing";
    for (const char *at = text; *at; at++) {
        if (!isdigit((unsigned char)*at))
            return "no number of tokens";
        *out = 10 * *out + (uint64_t)(*at - '0');
        if (*out > IFC_REQUEST_TOKENS_MAX)
            return "more tokens than 128M, the most of a request";
    }
    return NULL;
}

/* Days since 1970-01-01 (Howard Hinnant: chrono-compatible low-level date algorithms). */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "2023-11-16 18:15:46.6805900", which may end with "+00:00" or "Z". */
static bool read_date(char *text, ifc__row *r)
{
    int year, month, day, hour, minute, at = 0;
    for (int i = 0; i < 17; i++) /* sscanf() would take signs and spaces */
        if (!isdigit((unsigned char)text[i]) && text[i] != "0000-00-00 00:00:"[i] &&
            !(i == 10 && text[i] == 'T'))
            return false;
    if (sscanf(text, "%4d-%2d-%2d%*c%2d:%2d:%n", &year, &month, &day, &hour, &minute, &at) != 5 || at != 17)
        return false;
    char *zone = text + strcspn(text, "+Z");
    if (strcmp(zone, "+00:00") == 0 || strcmp(zone, "Z") == 0)
        *zone = '\0';
    if (!ifc__read_decimal(text + at, &r->seconds, &r->part) || r->seconds > 60 || month < 1 || month > 12 ||
        day < 1 || day > 31 || hour > 23 || minute > 59)
        return false;
    r->seconds += 60 * (minute + 60 * (hour + 24 * days(year, month, day)));
    return true;
}

static ifc_status read_time(ifc__trace *t, char *text, ifc_error *err)
{
    ifc__row *r = &t->row;
    int64_t ps, none;
    switch (t->form) {
    case IFC_TRACE_AZURE:
        if (read_date(text, r))
            return IFC_OK;
        return ifc__line_fails(&t->lines, err, "'%.60s' is no time like 2023-11-16 18:15:46.6805900", text);
    case IFC_TRACE_BURSTGPT:
        if (ifc__read_decimal(text, &r->seconds, &r->part))
            return IFC_OK;
        return ifc__line_fails(&t->lines, err, "'%.60s' is no time in seconds", text);
    default:
        if (!ifc__read_decimal(text, &ps, &none) || strchr(text, '.'))
            return ifc__line_fails(&t->lines, err, "'%.60s' is no time in whole picoseconds", text);
        r->seconds = ps / IFC_SECOND;
        r->part = ps % IFC_SECOND;
        return IFC_OK;
    }
}

static ifc_status read_blocks(ifc__trace *t, const char *text, ifc_error *err)
{
    ifc__row *r = &t->row;
    for (const char *at = text; *at;) {
        char *end;
        unsigned long long id = strtoull(at, &end, 10);
        if (!isdigit((unsigned char)*at) || (*end && *end != ' '))
            return ifc__line_fails(&t->lines, err, "'%.60s' are no ids of blocks with spaces between", text);
        r->blocks = ifc_grow(r->blocks, &r->room, r->n_blocks, sizeof *r->blocks);
        r->blocks[r->n_blocks++] = id;
        at = *end ? end + 1 : end;
    }
    return IFC_OK;
}

static ifc_status read_field(ifc__trace *t, enum ifc__column role, char *text, ifc_error *err)
{
    const char *wrong = NULL;
    if (role == IFC__TIME)
        return read_time(t, text, err);
    if (role == IFC__BLOCKS)
        return read_blocks(t, text, err);
    if (role == IFC__SESSION)
        t->row.session = text;
    else if (role == IFC__PROMPT)
        wrong = ifc__read_tokens(text, &t->row.prompt);
    else if (role == IFC__ANSWER)
        wrong = ifc__read_tokens(text, &t->row.answer);
    if (wrong)
        return ifc__line_fails(&t->lines, err, "%s '%.60s': %s", name_of(form_of(t), role), text, wrong);
    return IFC_OK;
}

ifc_status ifc__csv_row(ifc__trace *t, ifc_error *err)
{
    uint32_t n = 0;
    for (const char *at = t->lines.text; *at; at++)
        n += *at == ',';
    if (n + 1 != t->columns)
        return ifc__line_fails(&t->lines, err, "%u columns, not the %u of the first line", n + 1, t->columns);
    t->row.session = NULL;
    t->row.n_blocks = 0;
    ifc_status status = IFC_OK;
    char *rest = t->lines.text;
    for (uint32_t i = 0; i < t->columns && status == IFC_OK; i++)
        status = read_field(t, t->roles[i], strsep(&rest, ","), err);
    return status;
}
