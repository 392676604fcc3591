#include <config.h>

#include "base/xdg.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"

char *xdg_path(enum xdg_kind kind, const char *name)
{
    static const struct {
        const char *variable, *fallback;
    } places[] = {
        [XDG_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
        [XDG_DATA] = {"XDG_DATA_HOME", ".local/share"},
        [XDG_STATE] = {"XDG_STATE_HOME", ".local/state"},
    };
    const char *base = getenv(places[kind].variable);
    const char *home = getenv("HOME");
    struct str path = STR_INIT;

    if (base != NULL && base[0] == '/')
        str_addf(&path, "%s/bitgrove/%s", base, name);
    else if (home != NULL && home[0] == '/')
        str_addf(&path, "%s/%s/bitgrove/%s", home, places[kind].fallback, name);
    else
        return NULL;
    return str_take(&path);
}

enum status xdg_make_parents(const char *path, struct err *err)
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
