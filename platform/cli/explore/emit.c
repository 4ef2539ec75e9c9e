#include "platform/cli/explore/emit.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/printable.h"
#include "platform/observe/output.h"
#include "platform/scenario/shipped.h"

#define START_SHARE 0.1

/* A Slurm of two nodes ran 20 empty tasks of an array in 10 s; GNU parallel starts 20 a second, without ssh.
 */
#define SLURM_SECONDS    1.0
#define PARALLEL_SECONDS 0.05

double ifc_emit_launch(int how)
{
    return how == IFC_EMIT_SLURM ? SLURM_SECONDS : PARALLEL_SECONDS;
}

size_t ifc_emit_chunk(size_t points, double start_seconds, double point_seconds)
{
    size_t least = (points + IFC_EMIT_SHARDS_MAX - 1) / IFC_EMIT_SHARDS_MAX;
    double enough =
        point_seconds > 0 ? start_seconds * (1 / START_SHARE - 1) / point_seconds : (double)points;
    size_t chunk = enough < (double)points ? (size_t)enough + 1 : points;
    return chunk > least ? chunk : least;
}

/* As one word of a shell. */
static void write_word(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    fputc('\'', out);
}

static void write_assignment(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=", name);
    write_word(out, value);
    fputc('\n', out);
}

static void write_common(FILE *out, const char *folder)
{
    char here[PATH_MAX], self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    write_assignment(out, "folder", folder);
    fputs("ifcsim=${IFCSIM:-", out);
    write_word(out, n > 0 ? self : "ifcsim");
    fputs("}\n", out);
    if (getcwd(here, sizeof here)) {
        fputs("cd ", out); /* parts and plug-ins may be named from here */
        write_word(out, here);
        fputs(" || exit 66\n", out);
    }
}

/* In an option of sbatch, which knows quotes and backslashes; %a is the task there. */
static void write_slurm_folder(FILE *out, const char *folder)
{
    for (; *folder; folder++) {
        if (*folder == '"' || *folder == '%')
            fputc(*folder == '"' ? '\\' : '%', out);
        fputc(*folder, out);
    }
}

static void write_slurm(FILE *out, const char *folder, size_t shards)
{
    fprintf(out,
            "#!/bin/bash\n"
            "# To be started with sbatch; again after a failure: every shard goes on where it was.\n"
            "#SBATCH --job-name=ifcsim\n"
            "#SBATCH --array=1-%zu\n"
            "#SBATCH --ntasks=1\n"
            "#SBATCH --cpus-per-task=1\n"
            "#SBATCH --requeue\n"
            "#SBATCH --open-mode=append\n"
            "#SBATCH --output=\"",
            shards);
    write_slurm_folder(out, folder);
    fputs("/slurm-%a.log\"\n", out);
    write_common(out, folder);
    fprintf(out,
            "exec \"$ifcsim\" explore \"$folder/" IFC_SPEC_FILE "\" --shard \"$SLURM_ARRAY_TASK_ID/%zu\" \\\n"
            "  -o \"$folder/shard-$SLURM_ARRAY_TASK_ID\" --resume --quiet -j \"${SLURM_CPUS_PER_TASK:-1}\"\n"
            "# When all are done: ifcsim merge FOLDER/shard-* -o FOLDER/all (--resume: once more)\n",
            shards);
}

static void write_parallel(FILE *out, const char *folder, size_t shards)
{
    fputs("#!/bin/bash\n"
          "# Run it, with options of parallel if you like (--sshloginfile NODES, -j N); again after a "
          "failure:\n"
          "# every shard goes on where it was.\n",
          out);
    write_common(out, folder);
    fprintf(out,
            "export ifcsim folder\n"
            "seq %zu | parallel --retries 2 --workdir . --joblog \"$folder/parallel.log\" --env ifcsim --env "
            "folder "
            "\"$@\" \\\n"
            "  '\"$ifcsim\" explore \"$folder/" IFC_SPEC_FILE
            "\" --shard {}/%zu -o \"$folder/shard-{}\" --resume --quiet -j 1' &&\n"
            "  \"$ifcsim\" merge \"$folder\"/shard-* -o \"$folder/all\" --resume\n",
            shards, shards);
}

ifc_status ifc_emit_check(int how, const char *folder, ifc_error *err)
{
    char shown[PATH_MAX], *here = folder[0] == '/' ? NULL : getcwd(NULL, 0);
    char *whole = ifc_path_join(here ? here : "", folder);
    const char *what = ifc_has_control(whole)                                 ? "a control character"
                       : how == IFC_EMIT_SLURM && strchr(whole, '\\') != NULL ? "a backslash"
                                                                              : NULL;
    ifc_status status = IFC_OK;
    if (what)
        status = ifc_fail(err, IFC_EUSAGE, "%s: --emit %s cannot take a folder with %s in its path",
                          ifc_printable(shown, sizeof shown, whole),
                          how == IFC_EMIT_SLURM ? "slurm" : "parallel", what);
    free(whole);
    free(here);
    return status;
}

ifc_status ifc_emit_save(int how, const ifc_spec *spec, const char *folder, size_t chunk, char **file,
                         ifc_error *err)
{
    size_t shards = (spec->points + chunk - 1) / chunk;
    ifc_text text = {0};
    char *whole = realpath(folder, NULL);
    *file = ifc_path_join(folder, how == IFC_EMIT_SLURM ? "explore.sbatch" : "explore.parallel");
    ifc_status status = whole ? ifc_text_begin(&text, err)
                              : ifc_fail(err, IFC_EOUTPUT, "cannot find %s: %s", folder, strerror(errno));
    if (status == IFC_OK)
        status = ifc_emit_check(how, whole, err); /* links lead elsewhere */
    if (status == IFC_OK) {
        (how == IFC_EMIT_SLURM ? write_slurm : write_parallel)(text.stream, whole, shards);
        status = ifc_text_end(&text, err);
    }
    if (status == IFC_OK)
        status = ifc_output_save(*file, text.data, text.size, err);
    if (status == IFC_OK && chmod(*file, 0755) != 0)
        status = ifc_fail(err, IFC_EOUTPUT, "%s: %s", *file, strerror(errno));
    ifc_text_fini(&text);
    free(whole);
    return status;
}
