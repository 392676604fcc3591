#include <config.h>

#include "cli/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/xdg.h"

char *paths_self(void)
{
    return realpath("/proc/self/exe", NULL);
}

char *paths_demo_default(void)
{
    char *path = xdg_path(XDG_DATA, "demo.bitgrove");

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

char *paths_last_get(void)
{
    char *file = xdg_path(XDG_STATE, "last");
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
    char *file = xdg_path(XDG_STATE, "last");
    char *full = realpath(path, NULL);
    struct err ignored;
    FILE *out = NULL;

    if (file && full && strchr(full, '\n') == NULL &&
        xdg_make_parents(file, &ignored) == OK)
        out = fopen(file, "w");
    if (out != NULL) {
        fprintf(out, "%s\n", full);
        fclose(out);
    }
    free(file);
    free(full);
}
