#include "platform/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.2

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void ifc_progress_begin(ifc_progress_line *line, bool quiet)
{
    double now = wall_seconds();
    *line = (ifc_progress_line){.on = !quiet && isatty(STDERR_FILENO), .begin = now, .last = now};
}

double ifc_progress_share(const ifc_progress *p)
{
    if (p->total_requests > 0)
        return (double)p->requests / (double)p->total_requests;
    if (p->tokens == 0)
        return 0.0;
    double layer = p->layers > 0 ? (double)p->layer / p->layers : 0.0;
    return (p->token + layer) / p->tokens;
}

/* " 30 %, 12 s left"; nothing is promised before there is something to judge from. */
static void print_left(double share, double elapsed, char *out, size_t size)
{
    if (share < 0.01 || elapsed < 0.5) {
        snprintf(out, size, "%.0f %%", 100.0 * share);
        return;
    }
    double left = share < 1.0 ? elapsed * (1.0 - share) / share : 0.0;
    if (left < 100.0)
        snprintf(out, size, "%.0f %%, %.0f s left", 100.0 * share, left);
    else
        snprintf(out, size, "%.0f %%, %.0f min left", 100.0 * share, left / 60.0);
}

void ifc_progress_text(const ifc_progress *p, double elapsed, char *out, size_t size)
{
    char left[64];
    print_left(ifc_progress_share(p), elapsed, left, sizeof left);
    if (p->total_requests > 0)
        snprintf(out, size, "request %" PRIu64 " of %" PRIu64 ": %s", p->requests, p->total_requests, left);
    else
        snprintf(out, size, "token %" PRIu32 " of %" PRIu32 ", layer %" PRIu32 " of %" PRIu32 ": %s",
                 p->token < p->tokens ? p->token + 1 : p->tokens, p->tokens, p->layer, p->layers, left);
}

static void draw(ifc_progress_line *line, const char *text)
{
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
    line->drawn = true;
}

void ifc_progress_show(void *arg, const ifc_progress *p)
{
    ifc_progress_line *line = arg;
    if (!line->on)
        return;
    double now = wall_seconds();
    if (now - line->last < REDRAW_SECONDS)
        return;
    line->last = now;
    char text[160];
    ifc_progress_text(p, now - line->begin, text, sizeof text);
    draw(line, text);
}

void ifc_progress_show_runs(ifc_progress_line *line, size_t done, size_t total)
{
    if (!line->on)
        return;
    char left[64], text[160];
    print_left(total > 0 ? (double)done / (double)total : 1.0, wall_seconds() - line->begin, left,
               sizeof left);
    snprintf(text, sizeof text, "%zu of %zu runs: %s", done, total, left);
    draw(line, text);
}

void ifc_progress_end(ifc_progress_line *line)
{
    if (line->drawn)
        fputs("\r\033[K", stderr);
    line->drawn = false;
}
