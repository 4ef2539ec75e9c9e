#include "platform/observe/apart.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_PARAMETERS 4 /* more of them go below the heads, as a table */

/* A parameter of a resolved scenario. */
typedef struct setting {
    char *path, *value; /* owned */
} setting;

typedef struct settings {
    setting *all; /* owned */
    size_t n, room;
    bool failed; /* out of memory */
} settings;

/* Parameters in which two scenarios differ; texts belong to the settings, NULL: not there. */
typedef struct difference {
    const char *path, *value[2];
} difference;

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

bool ifc_apart_is_chosen(const json_t *policy)
{
    return json_is_false(json_object_get(policy, "default"));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The policy of the statistics that "policies.dispatch.plugin" or "policies.observers.mine.plugin" is about.
 */
static const json_t *policy_of(const json_t *root, const char *path)
{
    static const char start[] = "policies.", observers[] = "observers.", end[] = ".plugin";
    const json_t *object = json_object_get(root, "policies");
    size_t n = strlen(path);
    char label[200];
    if (strncmp(path, start, strlen(start)) != 0 || n < strlen(end) ||
        strcmp(path + n - strlen(end), end) != 0)
        return NULL;
    path += strlen(start);
    if (strncmp(path, observers, strlen(observers)) == 0) {
        object = json_object_get(object, "observers");
        path += strlen(observers);
    }
    snprintf(label, sizeof label, "%.*s", (int)strcspn(path, "."), path);
    return json_object_get(object, label);
}

/* A plug-in is what is in it, wherever it lies. */
static void add_setting(settings *s, const json_t *root, const char *path, const char *value)
{
    char plugin[600];
    const json_t *policy = policy_of(root, path);
    if (text_of(policy, "plugin_hash")[0]) {
        snprintf(plugin, sizeof plugin, "%.500s %s", base_name(text_of(policy, "plugin")),
                 text_of(policy, "plugin_hash"));
        value = plugin;
    }
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 256;
        setting *grown = realloc(s->all, room * sizeof *grown);
        if (!grown) {
            s->failed = true;
            return;
        }
        s->all = grown;
        s->room = room;
    }
    setting *new = &s->all[s->n];
    *new = (setting){strdup(path), strdup(value)};
    s->failed |= !new->path || !new->value;
    s->n++;
}

/* A line of a resolved scenario: "name = {" opens a group, "};" closes it, "name = value;" is a parameter. */
static void read_line(settings *s, const json_t *root, char *line, char *open, size_t size)
{
    size_t n = strlen(line), depth = strlen(open);
    char *equals = strstr(line, " = ");
    if (strcmp(line, "};") == 0) {
        char *dot = strrchr(open, '.');
        *(dot ? dot : open) = '\0';
    } else if (equals && strcmp(equals, " = {") == 0) {
        snprintf(open + depth, size - depth, "%s%.*s", depth ? "." : "", (int)(equals - line), line);
    } else if (equals && line[n - 1] == ';') {
        char path[1024];
        line[n - 1] = *equals = '\0';
        snprintf(path, sizeof path, "%s%s%s", open, open[0] ? "." : "", line);
        if (strcmp(path, "title") != 0)
            add_setting(s, root, path, equals + 3);
    }
}

static void read_settings(settings *s, const json_t *root)
{
    char open[1024] = "", *rest = NULL, *text = strdup(text_of(root, "resolved"));
    s->failed = !text;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
        read_line(s, root, line + strspn(line, " "), open, sizeof open);
    free(text);
}

static void release(settings *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->all[i].path);
        free(s->all[i].value);
    }
    free(s->all);
}

static const char *value_of(const settings *s, const char *path)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->all[i].path, path) == 0)
            return s->all[i].value;
    return NULL;
}

/* In the order of A, then what only B has. @out: room for all of both. Return: how many. */
static size_t differences(const settings s[2], difference *out)
{
    size_t n = 0;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < s[side].n; i++) {
            const char *other = value_of(&s[!side], s[side].all[i].path);
            if (side == 0 ? other && strcmp(other, s[0].all[i].value) == 0 : other != NULL)
                continue;
            out[n] = (difference){.path = s[side].all[i].path};
            out[n].value[side] = s[side].all[i].value;
            out[n++].value[!side] = other;
        }
    return n;
}

/* "g1 11 dies, g2 5 dies; policies: dispatch weighted" */
static void print_machine(json_t *root, FILE *out)
{
    const char *name, *between = "   ";
    json_t *value, *policies = json_object_get(root, "policies");
    json_object_foreach(json_object_get(root, "dies"), name, value)
    {
        json_int_t n = json_integer_value(value);
        fprintf(out, "%s%s %lld die%s", between, name, (long long)n, n == 1 ? "" : "s");
        between = ", ";
    }
    const char *lead = between[0] == ',' ? "; policies: " : "   policies: ";
    for (int observers = 0; observers < 2; observers++)
        json_object_foreach(observers ? json_object_get(policies, "observers") : policies, name,
                            value) if (ifc_apart_is_chosen(value))
        {
            fprintf(out, "%s%s%s %s", lead, observers ? "observer " : "", name, text_of(value, "name"));
            lead = ", ";
            if (text_of(value, "plugin_hash")[0])
                fprintf(out, " of %s %s", base_name(text_of(value, "plugin")), text_of(value, "plugin_hash"));
        }
    if (between[0] == ',' || lead[0] == ',')
        fputc('\n', out);
}

static void print_label(const difference *all, size_t n, int side, FILE *out)
{
    size_t shown = n < HEAD_PARAMETERS ? n : HEAD_PARAMETERS;
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "%s%s = %s", i ? ", " : "   ", all[i].path,
                all[i].value[side] ? all[i].value[side] : "-");
    if (n > shown)
        fprintf(out, ", and %zu more below", n - shown);
    if (n > 0)
        fputc('\n', out);
}

static void print_heads(const char *const file[2], json_t *const root[2], const difference *all, size_t n,
                        FILE *out)
{
    for (int i = 0; i < 2; i++) {
        const char *status = text_of(root[i], "status");
        fprintf(out, "%c  %s: %s, scenario %s%s%s\n", 'A' + i, file[i], text_of(root[i], "scenario"),
                text_of(root[i], "scenario_hash"), strcmp(status, "ok") == 0 ? "" : ", ",
                strcmp(status, "ok") == 0 ? "" : status);
        print_machine(root[i], out);
        print_label(all, n, i, out);
    }
    if (n <= HEAD_PARAMETERS)
        return;
    fprintf(out, "\n%-40s %-32s %s\n", "Parameters that differ", "A", "B");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-38s %-32s %s\n", all[i].path, all[i].value[0] ? all[i].value[0] : "-",
                all[i].value[1] ? all[i].value[1] : "-");
}

bool ifc_apart_print(const char *const file[2], json_t *const root[2], FILE *out)
{
    settings s[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++)
        read_settings(&s[i], root[i]);
    difference *all = calloc(s[0].n + s[1].n + 1, sizeof *all);
    bool good = all && !s[0].failed && !s[1].failed;
    if (good) {
        /* A file without its scenario says nothing of its parameters. */
        size_t n = s[0].n > 0 && s[1].n > 0 ? differences(s, all) : 0;
        print_heads(file, root, all, n, out);
        if (n == 0 && s[0].n > 0 && s[1].n > 0)
            fprintf(out, "   all parameters are equal\n");
    }
    free(all);
    release(&s[0]);
    release(&s[1]);
    return good;
}
