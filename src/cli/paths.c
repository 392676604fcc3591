#include <config.h>

#include "cli/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

char *paths_self(void)
{
    return realpath("/proc/self/exe", NULL);
}

/* $VARIABLE/bitgrove/NAME, or $HOME/FALLBACK/bitgrove/NAME. */
static char *xdg(const char *variable, const char *fallback, const char *name)
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    struct str s = STR_INIT;

    if (base != NULL && base[0] == '/')
        str_addf(&s, "%s/bitgrove/%s", base, name);
    else if (home != NULL && home[0] == '/')
        str_addf(&s, "%s/%s/bitgrove/%s", home, fallback, name);
    else
        return NULL;
    return str_take(&s);
}

char *paths_state(const char *name)
{
    return xdg("XDG_STATE_HOME", ".local/state", name);
}

char *paths_demo_default(void)
{
    char *path = xdg("XDG_DATA_HOME", ".local/share", "demo.bitgrove");

    return path ? path : mem_strdup("demo.bitgrove");
}

/* BASE/REST if it is there, as an absolute path. */
static char *existing(const char *base, const char *middle, const char *name)
{
    struct str s = STR_INIT;
    char *found;

    str_addf(&s, "%s%s/%s", base, middle, name);
    found = realpath(s.text, NULL);
    str_release(&s);
    return found;
}

/* From a build tree: the source tree is one of the folders above. */
static char *from_build_tree(const char *self, const char *name)
{
    char *folder = mem_strdup(self), *slash, *found = NULL;

    for (int up = 0; up < 4 && found == NULL; up++) {
        slash = strrchr(folder, '/');
        if (slash == NULL)
            break;
        *slash = '\0';
        found = existing(folder, "/db", name);
    }
    free(folder);
    return found;
}

char *paths_data(const char *name)
{
    const char *own = getenv("BITGROVE_DATA");
    char *self, *found = NULL;

    if (own != NULL && own[0])
        return existing(own, "", name);
    self = paths_self();
    if (self != NULL)
        found = from_build_tree(self, name);
    free(self);
    return found ? found : existing(PKGDATADIR, "", name);
}

char *paths_themes(void)
{
    char *self = paths_self();
    char *found = self ? from_build_tree(self, "../themes") : NULL;

    free(self);
    return found;
}

enum status paths_make_parents(const char *path, struct err *err)
{
    char *folder = mem_strdup(path);
    enum status status = OK;

    for (char *p = folder + (*folder == '/'); status == OK && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            status = err_sys(err, errno, "cannot make the folder %s", folder);
        *p = '/';
    }
    free(folder);
    return status;
}

char *paths_last_get(void)
{
    char *file = paths_state("last");
    char line[PATH_MAX + 2] = "";
    FILE *in = file ? fopen(file, "r") : NULL;
    char *found = NULL;

    if (in != NULL && fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '/' && access(line, R_OK) == 0)
            found = mem_strdup(line);
    }
    if (in != NULL)
        fclose(in);
    free(file);
    return found;
}

void paths_last_set(const char *path)
{
    char *file = paths_state("last");
    char *full = realpath(path, NULL);
    struct err ignored;
    FILE *out = NULL;

    if (file && full && strchr(full, '\n') == NULL &&
        paths_make_parents(file, &ignored) == OK)
        out = fopen(file, "w");
    if (out != NULL) {
        fprintf(out, "%s\n", full);
        fclose(out);
    }
    free(file);
    free(full);
}
