/*
 * bitgrove: the front end. Finds the command, reads its options, runs it, and
 * turns what went wrong into one line and an exit status. Without a command
 * it opens the explorer.
 */

#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/explore.h"
#include "cli/usage.h"

const struct command *const commands[] = {
    &cmd_explore,  &cmd_demo, &cmd_import,   &cmd_import_model, &cmd_learn,
    &cmd_encode,   &cmd_tree, &cmd_bits,     &cmd_class,        &cmd_image,
    &cmd_near,     &cmd_eval, &cmd_outliers, &cmd_report,       &cmd_export,
    &cmd_features, &cmd_sql,  &cmd_jobs,     &cmd_info,         &cmd_move,
    &cmd_check,
};
const int commands_count = (int)ARRAY_SIZE(commands);

const struct command *commands_find(const char *name)
{
    for (int i = 0; i < commands_count; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static enum status unknown_command(const char *word, struct err *err)
{
    const char *names[ARRAY_SIZE(commands)];
    const char *near;

    for (int i = 0; i < commands_count; i++)
        names[i] = commands[i]->name;
    if (strpbrk(word, "/.") != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: there is no such catalogue. Make it with: bitgrove "
                       "import %s IMAGES... (or see: bitgrove demo)",
                       word, word);
    near = args_nearest(word, names, commands_count);
    if (near != NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is neither a command nor a catalogue. Did you "
                       "mean: bitgrove %s?",
                       word, near);
    return err_set(err, ERR_BAD_INPUT,
                   "'%s' is neither a command nor a catalogue. See: bitgrove "
                   "--help",
                   word);
}

static enum status run_command(const struct command *command, int argc,
                               char **argv, struct err *err)
{
    struct args args;
    enum status status = args_parse(&args, command, argc, argv, err);

    if (status == OK && args.help)
        usage_command(command);
    else if (status == OK)
        status = command->run(&args, err);
    args_release(&args);
    return status;
}

static enum status run_help(int argc, char **argv, struct err *err)
{
    const struct command *command;

    if (argc == 0) {
        usage_overview();
        return OK;
    }
    command = commands_find(argv[0]);
    if (command == NULL)
        return unknown_command(argv[0], err);
    usage_command(command);
    return OK;
}

static enum status run(int argc, char **argv, struct err *err)
{
    const char *word = argc > 0 ? argv[0] : "";
    const struct command *command = commands_find(word);
    struct stat info;

    if (command != NULL)
        return run_command(command, argc - 1, argv + 1, err);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return run_help(0, NULL, err);
    if (strcmp(word, "help") == 0)
        return run_help(argc - 1, argv + 1, err);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        usage_version(argc > 1 && strcmp(argv[1], "-v") == 0);
        return OK;
    }
    if (strcmp(word, "--info") == 0) {
        usage_info();
        return OK;
    }
    if (strcmp(word, "--check-keys") == 0)
        return explore_check_keys(err);
    if (word[0] && word[0] != '-' && stat(word, &info) != 0)
        return unknown_command(word, err);
    return run_command(&cmd_explore, argc, argv, err);
}

/* A closed standard stream would be the next file opened: the catalogue. */
static void fill_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(2);
}

/* What was printed must have arrived: a full disk is an error, a reader that
 * went away is not our business any more. */
static enum status flush_output(struct err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return OK;
    if (errno == EPIPE) {
        err->text[0] = '\0';
        err->status = ERR_IO;
        return ERR_IO;
    }
    return err_sys(err, errno, "cannot write to standard output");
}

int main(int argc, char **argv)
{
    struct err err = {OK, ""}, flush_err = {OK, ""};
    enum status status;

    fill_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    console_init();
    status = run(argc - 1, argv + 1, &err);
    if (flush_output(&flush_err) != OK && status == OK) {
        status = flush_err.status;
        err = flush_err;
    }
    if (status != OK && err.text[0])
        console_say("%s", err.text);
    return err_exit(status);
}
