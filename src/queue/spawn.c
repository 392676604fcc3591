#include <config.h>

#include "queue/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "queue/jobs.h"

#define WORKER "bitgrove-worker"

extern char **environ;

/* bitgrove-worker beside the running program, in a build tree for instance. */
static bool beside(struct str *out)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash;

    if (n <= 0)
        return false;
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL)
        return false;
    slash[1] = '\0';
    str_clear(out);
    str_addf(out, "%s%s", self, WORKER);
    return access(out->text, X_OK) == 0;
}

/* A name without a slash is for PATH. */
static void find_worker(struct str *out)
{
    const char *given = getenv("BITGROVE_WORKER");

    if (given != NULL && given[0] != '\0') {
        str_add(out, given);
        return;
    }
    if (beside(out))
        return;
    str_clear(out);
    if (access(BG_WORKER_PATH, X_OK) == 0)
        str_add(out, BG_WORKER_PATH);
    else
        str_add(out, WORKER);
}

/*
 * Waits for one worker, so that it never stays behind as a zombie however long
 * this program runs. If this program ends first, init takes over.
 */
static void *wait_for(void *argument)
{
    pid_t pid = (pid_t)(intptr_t)argument;

    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return NULL;
}

static void watch(pid_t pid)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, old;

    /* The new thread inherits the mask: signals are for the others. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    if (pthread_attr_init(&attr) == 0) {
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        pthread_create(&thread, &attr, wait_for, (void *)(intptr_t)pid);
        pthread_attr_destroy(&attr);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static int start(const char *program, char *const argv[], pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int rc = posix_spawn_file_actions_init(&files);

    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc != 0) {
        posix_spawn_file_actions_destroy(&files);
        return rc;
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID |
                                        POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    for (int fd = 0; rc == 0 && fd < 3; fd++)
        rc = posix_spawn_file_actions_addopen(&files, fd, "/dev/null",
                                              fd == 0 ? O_RDONLY : O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawnp(pid, program, &files, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* argv is not const in posix_spawn(), but nothing writes to it. */
static int start_worker(const char *program, const char *path, int threads,
                        pid_t *pid)
{
    char name[] = WORKER, option[] = "--threads", number[16];
    char *catalogue = strdup(path);
    char *argv[5] = {name};
    int argc = 1, rc;

    if (catalogue == NULL)
        return ENOMEM;
    if (threads > 0) {
        snprintf(number, sizeof(number), "%d", threads);
        argv[argc++] = option;
        argv[argc++] = number;
    }
    argv[argc++] = catalogue;
    argv[argc] = NULL;
    rc = start(program, argv, pid);
    free(catalogue);
    return rc;
}

enum status spawn_worker(struct catalogue *cat, int threads, struct err *err)
{
    struct str program = STR_INIT;
    int queued, running, rc;
    pid_t pid;
    enum status status = job_pending(cat, &queued, &running, err);

    if (status != OK || queued == 0 || running > 0)
        return status;
    find_worker(&program);
    rc = start_worker(program.text, catalogue_path(cat), threads, &pid);
    if (rc == 0)
        watch(pid);
    else
        status = err_sys(err, rc,
                         "the worker %s can't be started (BITGROVE_WORKER "
                         "names another)",
                         program.text);
    str_release(&program);
    return status;
}
