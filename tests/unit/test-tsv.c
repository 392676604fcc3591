#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/tsv.h"
#include "tap.h"

static void test_taken(void)
{
    static const char *const files[] = {
        "id\tname\tgroup\n0\tzero\tdigit\n7\tA\tlatin/upper\n",
        "0\tzero\tdigit\n7\tA\tlatin/upper\n",
        "7\tA\tlatin/upper\n0\tzero\tdigit",
        "\xef\xbb\xbfID\tName\tGroup\r\n\r\n0\tzero\tdigit\r\n\n7\tA\t"
        "latin/upper\r\n",
    };

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct tsv tsv;
        struct err err = {OK, ""};

        if (!tap_int(tsv_parse(&tsv, files[i], strlen(files[i]), "f", &err), OK,
                     "file %zu", i)) {
            tap_note("%s", err.text);
            continue;
        }
        tap_int(tsv.count, 2, "two classes");
        tap_int(tsv.classes[0].id, 0, "in the order of id");
        tap_int(tsv.classes[1].id, 7, "gaps allowed");
        tap_str(tsv.classes[0].name, "zero", "name");
        tap_str(tsv.classes[1].group, "latin/upper", "group");
        tsv_release(&tsv);
    }
}

static void test_loose(void)
{
    static const char file[] = "1\t\x1b[31m\xd0\x94\n0\t \t\n2\tsame\n3\tsame";
    struct tsv tsv;
    struct err err = {OK, ""};

    if (!tap_int(tsv_parse(&tsv, file, sizeof(file) - 1, "f", &err), OK,
                 "names of any kind"))
        return;
    tap_int(tsv.count, 4, "four classes, two of one name");
    tap_str(tsv.classes[1].name, "\x1b[31m\xd0\x94", "kept as it is");
    tap_str(tsv.classes[1].group, "", "no group");
    tap_str(tsv.classes[0].group, "", "an empty group");
    tsv_release(&tsv);
}

#define B(s) s, sizeof(s) - 1

static void test_refused(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {B(""), "lists no class"},
        {B("id\tname\tgroup\n\n"), "lists no class"},
        {B("0\ta\n1\tb\n0\tc\n"), "line 3: class 0 again, it is on line 1"},
        {B("0\ta\n\tb\n"), "line 2: the first column must be an id"},
        {B("0\ta\nx\tb\n"), "line 2: the first column must be an id"},
        {B("0\ta\n-1\tb\n"), "line 2: the first column must be an id"},
        {B("1000000\tb\n"), "line 1: the first column must be an id"},
        {B("4294967296\tb\n"), "line 1: the first column must be an id"},
        {B("name\tid\n0\tb\n"), "line 1: the first column must be an id"},
        {B("0\ta\nid\tname\n"), "line 2: the first column must be an id"},
        {B("0\n"), "line 1: class 0 has no name"},
        {B("0\t\tg\n"), "line 1: class 0 has no name"},
        {B("0 a\n"), "line 1: the first column must be an id"},
        {B("0\ta\tb\tc\n"), "line 1: more than three columns"},
        {B("0\ta\n1\ta\xff\n"), "line 2: byte 0xff is not UTF-8"},
        {B("0\ta\xc3"), "line 1: byte 0xc3 is not UTF-8"},
        {B("0\ta\0b\n"), "line 1: a zero byte"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct tsv tsv = {NULL, 77};
        struct err err = {OK, ""};

        tap_int(tsv_parse(&tsv, rows[i].bytes, rows[i].n, "classes.tsv", &err),
                ERR_BAD_INPUT, "refused %zu", i);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "%s", rows[i].text))
            tap_note("%s", err.text);
        tap_ok(strstr(err.text, "classes.tsv") != NULL, "names the file");
        tap_int(tsv.count, 77, "the result is left alone");
    }
}

static void test_file(void)
{
    char path[] = "/tmp/bitgrove-tsv-XXXXXX";
    int fd = mkstemp(path);
    struct tsv tsv;
    struct err err = {OK, ""};

    if (fd < 0 || write(fd, "3\tx\n", 4) != 4 || close(fd) != 0)
        abort();
    if (tap_int(tsv_read(&tsv, path, &err), OK, "from a file")) {
        tap_str(tsv.classes[0].name, "x", "its class");
        tsv_release(&tsv);
    }
    unlink(path);
    tap_int(tsv_read(&tsv, path, &err), ERR_IO, "a missing file");
    tap_int(tsv_read(&tsv, "/", &err), ERR_BAD_INPUT, "a directory");
}

int main(void)
{
    test_taken();
    test_loose();
    test_refused();
    test_file();
    return tap_done();
}
