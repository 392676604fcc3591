#include <config.h>

#include "tasks/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "image/imagefile.h"

enum { DEPTH_MAX = 64 };

/* A folder that was entered. */
struct place {
    dev_t device;
    ino_t inode;
};

struct walker {
    struct walk *walk;
    struct place *places; /* open addressing; inode 0: free */
    size_t used, room;    /* room: a power of two */
    char **links;         /* to folders, read when all else is */
    int links_count, links_room;
};

void walk_release(struct walk *walk)
{
    for (int64_t i = 0; i < walk->count; i++) {
        free(walk->files[i].path);
        free(walk->files[i].folder);
    }
    for (int64_t i = 0; i < walk->refused; i++) {
        free(walk->refusals[i].path);
        free(walk->refusals[i].reason);
    }
    free(walk->files);
    free(walk->refusals);
    memset(walk, 0, sizeof(*walk));
}

void walk_refuse(struct walk *out, const char *path, const char *reason,
                 int64_t bytes, int64_t mtime)
{
    ARRAY_GROW(out->refusals, out->refused, out->refused_room);
    out->refusals[out->refused++] = (struct walk_refusal){
        mem_strdup(path), mem_strdup(reason), bytes, mtime};
}

static int64_t time_of(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static void add_file(struct walk *out, const char *path, char *folder,
                     const struct stat *st)
{
    ARRAY_GROW(out->files, out->count, out->room);
    out->files[out->count++] = (struct walk_file){
        mem_strdup(path), folder, (int64_t)st->st_size, time_of(st)};
}

static void put_place(struct place *places, size_t room, struct place place)
{
    size_t at = (size_t)(place.inode * 0x9e3779b97f4a7c15ull ^ place.device);

    while (places[at & (room - 1)].inode != 0)
        at++;
    places[at & (room - 1)] = place;
}

/* False if the folder was entered before. */
static bool enter(struct walker *w, const struct stat *st)
{
    struct place place = {st->st_dev, st->st_ino};
    size_t at = (size_t)(place.inode * 0x9e3779b97f4a7c15ull ^ place.device);

    if (w->used * 2 >= w->room) {
        size_t room = w->room ? w->room * 2 : 256;
        struct place *more = mem_zalloc(room, sizeof(*more));

        for (size_t i = 0; i < w->room; i++)
            if (w->places[i].inode != 0)
                put_place(more, room, w->places[i]);
        free(w->places);
        w->places = more;
        w->room = room;
    }
    for (; w->places[at & (w->room - 1)].inode != 0; at++)
        if (w->places[at & (w->room - 1)].inode == place.inode &&
            w->places[at & (w->room - 1)].device == place.device)
            return false;
    put_place(w->places, w->room, place);
    w->used++;
    return true;
}

static void read_folder(struct walker *w, int fd, const char *path, int depth);

/* Opens it by its name in the folder `parent`. */
static void look_into(struct walker *w, int parent, const char *name,
                      const char *path, int depth)
{
    struct stat st;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0)
        walk_refuse(w->walk, path, strerror(errno), 0, 0);
    else if (depth >= DEPTH_MAX)
        walk_refuse(w->walk, path, "folders are nested too deeply", 0, 0);
    else if (!enter(w, &st))
        walk_refuse(w->walk, path,
                    "a link to a folder that is read already, or "
                    "holds it",
                    0, 0);
    else {
        read_folder(w, fd, path, depth + 1);
        return;
    }
    if (fd >= 0)
        close(fd);
}

/* A link must not take its folder's own place, so it waits. */
static void add_link(struct walker *w, const char *path)
{
    ARRAY_GROW(w->links, w->links_count, w->links_room);
    w->links[w->links_count++] = mem_strdup(path);
}

static void look_at(struct walker *w, int parent, const char *name,
                    const char *folder, int depth)
{
    struct str path = STR_INIT;
    struct stat st;
    bool link, broken;

    str_addf(&path, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
    broken = fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0;
    link = !broken && S_ISLNK(st.st_mode);
    if (link)
        broken = fstatat(parent, name, &st, 0) != 0;
    if (broken)
        walk_refuse(w->walk, path.text,
                    !link             ? strerror(errno)
                    : errno == ENOENT ? "a link to what is not there"
                    : errno == ELOOP  ? "a link that leads to itself"
                                      : strerror(errno),
                    0, 0);
    else if (S_ISDIR(st.st_mode) && !link)
        look_into(w, parent, name, path.text, depth);
    else if (S_ISDIR(st.st_mode))
        add_link(w, path.text);
    else if (!imagefile_named(name))
        w->walk->others++;
    else if (!S_ISREG(st.st_mode))
        walk_refuse(w->walk, path.text, "no ordinary file", 0, 0);
    else
        add_file(w->walk, path.text, mem_strdup(folder), &st);
    w->walk->links += link && !broken;
    str_release(&path);
}

static int by_name(const void *a, const void *b)
{
    char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* Takes the descriptor over. In the order of names, so that of several links
 * to a folder it is always the same one that is followed. */
static void read_folder(struct walker *w, int fd, const char *path, int depth)
{
    DIR *dir = fdopendir(fd);
    char **names = NULL;
    int count = 0, room = 0;
    struct dirent *entry;

    if (dir == NULL) {
        walk_refuse(w->walk, path, strerror(errno), 0, 0);
        close(fd);
        return;
    }
    errno = 0;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        ARRAY_GROW(names, count, room);
        names[count++] = mem_strdup(entry->d_name);
        errno = 0;
    }
    if (errno != 0)
        walk_refuse(w->walk, path, strerror(errno), 0, 0);
    if (count > 0)
        qsort(names, (size_t)count, sizeof(*names), by_name);
    for (int i = 0; i < count; i++) {
        look_at(w, dirfd(dir), names[i], path, depth);
        free(names[i]);
    }
    free(names);
    closedir(dir);
}

static int by_path(const void *a, const void *b)
{
    const struct walk_file *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static int by_refused(const void *a, const void *b)
{
    const struct walk_refusal *x = a, *y = b;

    return strcmp(x->path, y->path);
}

void walk_sort(struct walk *walk)
{
    int64_t kept = 0;

    if (walk->refused > 0)
        qsort(walk->refusals, (size_t)walk->refused, sizeof(*walk->refusals),
              by_refused);
    if (walk->count == 0)
        return;
    qsort(walk->files, (size_t)walk->count, sizeof(*walk->files), by_path);
    for (int64_t i = 1; i < walk->count; i++) {
        if (by_path(&walk->files[kept], &walk->files[i]) == 0) {
            free(walk->files[i].path);
            free(walk->files[i].folder);
        } else {
            walk->files[++kept] = walk->files[i];
        }
    }
    walk->count = kept + 1;
}

/* A link to a folder that holds this one would read more than was named. */
static void enter_above(struct walker *w, int fd)
{
    struct str up = STR_INIT;
    struct stat st;

    for (int i = 0; i < DEPTH_MAX; i++) {
        str_addf(&up, "%s..", i > 0 ? "/" : "");
        if (fstatat(fd, up.text, &st, 0) != 0 || !enter(w, &st))
            break;
    }
    str_release(&up);
}

enum status walk_folder(struct walk *out, const char *folder, struct err *err)
{
    struct walker w = {.walk = out};
    struct stat st;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), root;

    if (fd < 0 || fstat(fd, &st) != 0) {
        err_sys(err, errno, "cannot read %s", folder);
        if (fd >= 0)
            close(fd);
        return err->status;
    }
    enter_above(&w, fd);
    enter(&w, &st);
    root = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    read_folder(&w, fd, "", 0);
    for (int i = 0; i < w.links_count; i++) {
        int depth = 0;

        for (const char *at = w.links[i]; *at != '\0'; at++)
            depth += *at == '/';
        look_into(&w, root, w.links[i], w.links[i], depth);
        free(w.links[i]);
    }
    free(w.links);
    free(w.places);
    if (root >= 0)
        close(root);
    walk_sort(out);
    return OK;
}

void walk_add(struct walk *out, const char *folder, const char *path,
              const char *class_name)
{
    struct str whole = STR_INIT;
    struct stat st;

    if (path[0] != '/')
        str_addf(&whole, "%s/", folder);
    str_add(&whole, path);
    if (stat(whole.text, &st) != 0)
        walk_refuse(out, path, strerror(errno), 0, 0);
    else if (!S_ISREG(st.st_mode))
        walk_refuse(out, path, "no ordinary file", 0, 0);
    else
        add_file(out, path, mem_strdup(class_name), &st);
    str_release(&whole);
}
